// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population

extension Population {
  /// The template of `identity` as an array.
  func template(_ identity: UInt64) -> [Float] {
    var row = [Float](repeating: .nan, count: Self.dimension)
    row.withUnsafeMutableBufferPointer { writeTemplate(of: identity, into: $0) }
    return row
  }

  /// The latent coordinates of `identity` as an array.
  func latent(_ identity: UInt64) -> [Float] {
    var row = [Float](repeating: .nan, count: Self.latentDimension)
    row.withUnsafeMutableBufferPointer { writeLatent(of: identity, into: $0) }
    return row
  }

  /// A capture and the cosine intended.
  func capture(
    _ identity: UInt64, _ line: QualityLine, _ condition: CaptureCondition = .enrolment,
    draw: UInt64 = 0
  ) -> (row: [Float], cosine: Double?) {
    var row = [Float](repeating: .nan, count: Self.dimension)
    let cosine = row.withUnsafeMutableBufferPointer {
      writeCapture(of: identity, line: line, condition: condition, draw: draw, into: $0)
    }
    return (row, cosine)
  }
}

/// Inner product in double precision.
func dot(_ a: [Float], _ b: [Float]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += Double(a[i]) * Double(b[i]) }
  return sum
}

/// All cosines between identities `0 ..< side` and as many others, from latent coordinates.
func impostorCosines(_ population: Population, side: Int) -> [Float] {
  let columns = Population.latentDimension
  let first = (0..<UInt64(side)).flatMap { population.latent($0) }
  let second = (0..<UInt64(side)).flatMap { population.latent(Population.firstStranger + $0) }
  var out = [Float](repeating: 0, count: side * side)
  sl_scores(first, side, second, side, columns, &out, side)
  return out
}

func near(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
  (value - expected).magnitude <= tolerance
}
