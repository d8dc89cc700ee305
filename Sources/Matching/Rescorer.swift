// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Galleries
package import Population

/// Where a search that scanned compressed templates gets the final scores of its best: the best
/// templates at hand.
package enum Rescorer: Sendable {
  /// The templates themselves, drawn again: some 0.3 microseconds each, and no memory.
  case population(Population)
  /// The float32 templates, where a gallery of them is held as well.
  case templates(TemplateRows)
  /// Nothing better than the int8 templates: bytes times scale, with the probe at full precision.
  case quantized(QuantizedRows)

  /// Whether scores are those of the templates as they were enrolled.
  var isExact: Bool {
    if case .quantized = self { return false }
    return true
  }

  /// Template `subject` against probe `probe`: the inner product in double in a fixed order, rounded
  /// once, so that equal templates have equal scores to the last bit in every matcher. O(dimension).
  func candidate(_ subject: UInt64, _ probes: ProbeBatch, _ probe: Int) -> Candidate {
    let score = unsafe probes.withRow(probe) { row in
      switch self {
      case .population(let population):
        return unsafe withUnsafeTemporaryAllocation(
          of: Float.self, capacity: Population.dimension
        ) { template in
          unsafe population.writeTemplate(of: subject, into: template)
          return unsafe sl_exact_dot(row.baseAddress, template.baseAddress, row.count)
        }
      case .templates(let templates):
        return unsafe templates.withTemplates(Int(subject)..<Int(subject) + 1) {
          unsafe sl_exact_dot(row.baseAddress, $0.baseAddress, row.count)
        }
      case .quantized(let rows):
        return unsafe rows.withQuantized(Int(subject)..<Int(subject) + 1) { bytes, scales in
          // Bytes are exact as floats, so nothing is rounded before the sum.
          unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: bytes.count) { template in
            for i in 0..<bytes.count { unsafe template[i] = Float(bytes[i]) }
            return unsafe sl_exact_dot(row.baseAddress, template.baseAddress, row.count)
              * Double(scales[0])
          }
        }
      }
    }
    return Candidate(subject: subject, score: Float(score))
  }
}
