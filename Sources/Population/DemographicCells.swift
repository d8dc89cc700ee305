// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// Groups of people who look a little alike, such as those of one origin, sex and age. Neutral: the
/// cells stand for nobody in particular.
///
/// The direction of a member is `normalise(sqrt(common) c + sqrt(1 - common) e)`, with c the cell's and e
/// the member's own, both uniform. The closed forms do not know of cells.
package struct DemographicCells: Codable, Hashable, Sendable {
  /// Mean cosine of the directions of two members of one cell.
  package var common: Double
  /// Shares of the cells, in any unit.
  package var weights: [Double]

  package init(weights: [Double], common: Double = 0.08) {
    self.weights = weights
    self.common = common
  }

  /// Cells of one size.
  package static func uniform(count: Int = 64, common: Double = 0.08) -> DemographicCells {
    DemographicCells(weights: Array(repeating: 1, count: count), common: common)
  }

  /// Zipf's law: cell k (from 1) has a share that goes as 1 / k.
  package static func zipf(count: Int = 64, common: Double = 0.08) -> DemographicCells {
    DemographicCells(weights: (0..<count).map { 1 / Double($0 + 1) }, common: common)
  }

  /// A few large cells and many small ones, as in a census: each a tenth smaller than the one before,
  /// which for 64 gives a tenth of the people to the largest and .01 % to the smallest.
  package static func censusLike(count: Int = 64, common: Double = 0.08) -> DemographicCells {
    var weight = 1.0
    let weights = (0..<count).map { _ in
      defer { weight *= 0.9 }
      return weight
    }
    return DemographicCells(weights: weights, common: common)
  }

  /// `cell-01` for cell number 0, and so on.
  package func name(of cell: Int) -> String {
    precondition(weights.indices.contains(cell), "there is no such cell")
    let number = "\(cell + 1)"
    return "cell-" + String(repeating: "0", count: max(0, 2 - number.count)) + number
  }

  func check() throws(PopulationError) {
    guard (1...65_536).contains(weights.count), weights.allSatisfy({ $0.isFinite && $0 >= 0 }),
      weights.reduce(0, +) > 0, common >= 0, common < 1
    else {
      throw PopulationError(
        .badParameter,
        "cells need 1 to 65,536 weights of 0 or more, not all 0, and a common part from 0 to below 1"
      )
    }
  }

  /// The lines that a description's canonical text gets.
  var canonicalText: String {
    let list = weights.map { "\($0)" }.joined(separator: ",")
    return "cells-common=\(common)\ncells-weights=\(list)\n"
  }
}

/// The directions of the cells and the way from an identity to its cell.
@safe final class CellTable: Sendable {
  static let directions = Population.latentDimension - 1

  private let seed: UInt64
  private let ends: [Double]
  private let centres: [Double]
  let common: Double

  init(_ cells: DemographicCells, seed: UInt64) {
    self.seed = seed
    common = cells.common
    var total = 0.0
    for weight in cells.weights { total += weight }
    var sum = 0.0
    ends = cells.weights.map { weight in
      sum += weight
      return sum / total
    }
    var centres = [Double](repeating: 0, count: cells.weights.count * Self.directions)
    unsafe centres.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for cell in cells.weights.indices {
        let start = SplitMix64(seed: seed, domain: .cellCentre, identity: UInt64(cell)).state
        unsafe sl_write_direction(
          GeneratorTables.shared.pointer, start, base + cell * Self.directions)
      }
    }
    self.centres = centres
  }

  /// The first cell whose shares, added up so far, exceed the identity's uniform draw.
  func cell(of identity: UInt64) -> Int {
    var stream = SplitMix64(seed: seed, domain: .cell, identity: identity)
    let u = Double(stream.next() >> 11) * 0x1p-53
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high) / 2
      // Chosen, not branched to: every branch would be a coin toss to the processor.
      let isBelow = u < ends[middle]
      high = isBelow ? middle : high
      low = isBelow ? low : middle + 1
    }
    return low
  }

  /// Calls `body` with the 144 coordinates of a cell's direction.
  func withCentre<R>(_ cell: Int, _ body: (UnsafePointer<Double>?) -> R) -> R {
    unsafe centres.withUnsafeBufferPointer { buffer in
      unsafe body(buffer.baseAddress.map { unsafe $0 + cell * Self.directions })
    }
  }
}
