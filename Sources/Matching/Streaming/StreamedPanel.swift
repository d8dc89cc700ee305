// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries
internal import Population

/// The probes that share one drawing of a gallery: packed in latent coordinates for the products, and
/// as they came for the last word.
final class StreamedPanel: Sendable {
  /// Number of probes.
  let count: Int
  let population: Population
  let packed: AlignedFloats
  private let probes: ProbeBatch
  private let first: Int

  init(_ probes: ProbeBatch, _ panel: Range<Int>, _ population: Population) {
    self.probes = probes
    self.population = population
    first = panel.lowerBound
    count = panel.count
    let dimension = Population.latentDimension
    var latent = [Float](repeating: 0, count: panel.count * dimension)
    unsafe latent.withUnsafeMutableBufferPointer { latent in
      for (place, probe) in panel.enumerated() {
        unsafe probes.withRow(probe) { row in
          unsafe LatentSpace.writeLatent(
            ofTemplate: row,
            into: .init(rebasing: latent[place * dimension..<(place + 1) * dimension]))
        }
      }
    }
    packed = AlignedFloats(count: sl_packed_floats(panel.count, dimension))
    unsafe sl_pack_probes(latent, panel.count, dimension, packed.base)
  }

  /// Drops of `entries` what cannot be among the `k` best when scores are off by up to `error`.
  func thin(_ entries: inout [Candidate], to k: Int, error: Float) {
    guard entries.count > k else { return }
    var scores = entries.map(\.score)
    let floor = unsafe scores.withUnsafeMutableBufferPointer { scores in
      unsafe scores.baseAddress.map { unsafe kthLargest($0, scores.count, k) } ?? 0
    }
    entries.removeAll { $0.score < floor - 2 * error }
  }

  /// The `k` best of `entries` by the scores that `ExactMatcher` gives.
  func best(_ entries: some Sequence<Candidate>, _ probe: Int, _ k: Int) -> ArraySlice<Candidate> {
    entries.map { rescored($0.subject, probe) }.sorted { $0.precedes($1) }.prefix(k)
  }

  private func rescored(_ subject: UInt64, _ probe: Int) -> Candidate {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.dimension) {
      template in
      unsafe population.writeTemplate(of: subject, into: template)
      let score = unsafe probes.withRow(first + probe) { row in
        unsafe sl_exact_dot(row.baseAddress, template.baseAddress, Population.dimension)
      }
      return Candidate(subject: subject, score: Float(score))
    }
  }
}

/// Floats on whole cache lines, never initialised.
@safe final class AlignedFloats: Sendable {
  let count: Int
  // Written by whoever makes it, or by the one worker it belongs to; shared only to be read.
  nonisolated(unsafe) let base: UnsafeMutablePointer<Float>

  init(count: Int) {
    self.count = count
    unsafe base = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { unsafe base.deallocate() }
}
