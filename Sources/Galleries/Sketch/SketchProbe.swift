// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// A probe made ready to be scored against codes: 32 tables of 16 bytes, one table a nibble.
///
/// The score of a code is the sum of 32 entries, an integer from 0 to 255. It stands for
/// `offset + scale * score`, which is off by at most `errorBound`. What a sign adds is rounded on its
/// own, so that tables over any group of bits, four or six, give one score.
///
/// **What is ranked.** The expected cosine is `r_k (magnitude * sum) + c_k b` with `c_k` and `r_k` of the
/// code's cell: a product, which tables cannot add. But `expected cosine >= pivot` is the same as
/// `magnitude * sum + (c_k b - pivot) / r_k >= 0`, which they can. So the order is exact where it
/// matters, at the pivot, and bent a little far from it.
package struct SketchProbe: Hashable, Sendable {
  /// The expected cosine about which lists are cut. Of 0 to 0.7, 0.45 needs the shortest lists for mates
  /// and false alarms together at N = 1.3e9; from 0.35 to 0.5 they hardly differ.
  package static let defaultPivot = 0.45

  /// Entry *n* of nibble *m* at 16 *m* + *n*; largest entries of all nibbles add up to 255 or less.
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
    precondition(signs.count == SketchCode.signCount && cells.count == SketchCells.count)
    precondition((signs + cells).allSatisfy(\.isFinite), "a probe must be finite")
    let lowest = cells.min() ?? 0
    let range = signs.reduce((cells.max() ?? 0) - lowest) { $0 + 2 * $1.magnitude }
    var scale = range > 0 ? range / 255 : 1
    // The side of a coordinate that speaks for the code, in steps; the other side adds nothing.
    var steps = signs.map { (2 * $0.magnitude / scale).rounded() }
    var cellSteps = cells.map { (($0 - lowest) / scale).rounded() }
    while steps.reduce(cellSteps.max() ?? 0, +) > 255 {
      scale *= 1.005
      steps = signs.map { (2 * $0.magnitude / scale).rounded() }
      cellSteps = cells.map { (($0 - lowest) / scale).rounded() }
    }
    var tables = [UInt8](repeating: 0, count: SketchCode.nibbleCount * 16)
    for m in 0..<SketchCode.nibbleCount - 1 {
      for nibble in 0..<16 {
        var sum = 0.0
        for k in 0..<4 where (nibble >> k & 1 == 1) == (signs[4 * m + k] < 0) {
          sum += steps[4 * m + k]
        }
        tables[16 * m + nibble] = UInt8(sum)
      }
    }
    for k in cells.indices { tables[16 * (SketchCode.nibbleCount - 1) + k] = UInt8(cellSteps[k]) }
    self.tables = tables
    self.scale = scale
    // Half a coordinate's rounding goes to either side.
    offset = zip(signs, steps).reduce(constant + lowest) { $0 - $1.1 * scale / 2 }
    self.pivot = pivot
    self.rests = rests
  }

  /// How far `offset + scale * score` can be from what it stands for.
  package var errorBound: Double { (Double(SketchCode.signCount) / 4 + 0.5) * scale }

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
