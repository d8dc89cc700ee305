// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// A probe made ready to be scored against codes: 32 tables of 16 bytes, one table a nibble.
///
/// The score of a code is the sum of 32 entries, an integer from 0 to 2,040. It stands for
/// `offset + scale * score`, which is off by at most `16 * scale`: half a step for each table.
///
/// **What is ranked.** The expected cosine is `r_k (magnitude * sum) + c_k b` with `c_k` and `r_k` of the
/// code's cell: a product, which tables cannot add. But `expected cosine >= pivot` is the same as
/// `magnitude * sum + (c_k b - pivot) / r_k >= 0`, which they can. So the order is exact where it
/// matters, at the pivot, and bent a little far from it.
package struct SketchProbe: Hashable, Sendable {
  /// The expected cosine about which lists are cut. Of 0 to 0.7, 0.45 needs the shortest lists for mates
  /// and false alarms together at N = 1.3e9; from 0.35 to 0.5 they hardly differ.
  package static let defaultPivot = 0.45

  /// Entry *n* of nibble *m* at 16 *m* + *n*; largest entries of four nibbles add up to 255 or less.
  package let tables: [UInt8]
  /// What one unit of a score is worth.
  package let scale: Double
  /// What a score of 0 is worth.
  package let offset: Double
  /// Expected cosine at which the ranking is exact.
  package let pivot: Double
  private let rests: [Double]

  /// A probe given by its 145 latent coordinates, all finite.
  package init(
    latent: UnsafeBufferPointer<Float>, model: SketchModel, pivot: Double = defaultPivot
  ) {
    precondition(latent.count == Population.latentDimension, "a latent vector has 145 coordinates")
    let coordinates = (0..<SketchCode.signCount).map {
      unsafe Double(latent[1 + $0]) * model.magnitude
    }
    let b = unsafe Double(latent[0])
    let cells = (0..<SketchCells.count).map {
      (model.cells.centres[$0] * b - pivot) / model.cells.rests[$0]
    }
    self.init(signs: coordinates, cells: cells, constant: 0, rests: model.cells.rests, pivot: pivot)
  }

  /// A probe of 512 coordinates, all finite.
  package init(
    vector: UnsafeBufferPointer<Float>, model: SketchModel, pivot: Double = defaultPivot
  ) {
    var latent = [Float](repeating: 0, count: Population.latentDimension)
    unsafe latent.withUnsafeMutableBufferPointer {
      unsafe LatentSpace.writeLatent(ofTemplate: vector, into: $0)
    }
    self = unsafe latent.withUnsafeBufferPointer {
      unsafe SketchProbe(latent: $0, model: model, pivot: pivot)
    }
  }

  /// `signs[j]` is added for a positive coordinate *j* and taken off for a negative one, `cells[k]` added
  /// for cell *k*.
  init(signs: [Double], cells: [Double], constant: Double, rests: [Double], pivot: Double) {
    var values: [[Double]] = []
    for m in 0..<SketchCode.nibbleCount - 1 {
      values.append(
        (0..<16).map { nibble in
          var sum = 0.0
          for k in 0..<4 { sum += nibble >> k & 1 == 1 ? -signs[4 * m + k] : signs[4 * m + k] }
          return sum
        })
    }
    values.append(cells)
    precondition(values.allSatisfy { $0.allSatisfy(\.isFinite) }, "a probe must be finite")
    let lows = values.map { $0.min() ?? 0 }
    let ranges = values.map { ($0.max() ?? 0) - ($0.min() ?? 0) }
    // Four entries of a group stay within a byte even if all are rounded up: 253 + 4 / 2.
    var widest = 0.0
    for m in stride(from: 0, to: ranges.count, by: 4) {
      widest = max(widest, ranges[m..<m + 4].reduce(0, +))
    }
    let scale = widest > 0 ? widest / 253 : 1
    tables = zip(values, lows).flatMap { row, low in
      row.map { UInt8((($0 - low) / scale).rounded()) }
    }
    self.scale = scale
    offset = lows.reduce(constant, +)
    self.pivot = pivot
    self.rests = rests
  }

  /// How far `offset + scale * score` can be from what it stands for.
  package var errorBound: Double { Double(SketchCode.nibbleCount) / 2 * scale }

  /// The score of a code: the reference of the scan kernels, to the last bit.
  package func score(_ code: SketchCode) -> Int {
    (0..<SketchCode.nibbleCount).reduce(0) { $0 + Int(tables[16 * $1 + code.nibble($1)]) }
  }

  /// The expected cosine of a code by its score, off from `SketchModel.expectedCosine` by at most
  /// `errorBound`.
  package func estimate(_ code: SketchCode) -> Double {
    estimate(score: score(code), cell: code.cell)
  }

  /// The expected cosine of a code in `cell` with this score.
  package func estimate(score: Int, cell: Int) -> Double {
    pivot + rests[cell] * (offset + scale * Double(score))
  }
}
