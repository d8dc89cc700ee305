// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import Population

/// The 16 cells of the typicality, and what a cell says about it.
///
/// Bounds are 0.4 deviations apart, from 2.4 deviations below the mean to 3.2 above: even steps rather
/// than those of least mean error, because the searches that matter, high thresholds, live among high
/// typicalities, where those would be coarse.
package struct SketchCells: Hashable, Sendable {
  package static let count = 16
  private static let first = -2.4
  private static let step = 0.4

  /// Cell *k* holds typicalities from `bounds[k - 1]` up to below `bounds[k]`. 15 floats, ascending.
  package let bounds: [Float]
  /// Mean typicality in each cell.
  package let centres: [Double]
  /// Mean of `sqrt(1 - a^2)`, the length of the direction's part, in each cell.
  package let rests: [Double]
  /// Share of identities in each cell.
  package let shares: [Double]

  /// The cells of a population; which of them are empty depends on its limits.
  package init(_ description: PopulationDescription) {
    let (mean, deviation) = (description.typicalityMean, description.typicalityDeviation)
    let steps = (0..<Self.count - 1).map { Self.first + Self.step * Double($0) }
    bounds = steps.map { Float(mean + deviation * $0) }
    // Midpoint sums over the normal density within each cell; the outer ones end at 8 deviations.
    var centres: [Double] = []
    var rests: [Double] = []
    for k in 0..<Self.count {
      let low = k == 0 ? -8 : steps[k - 1]
      let high = k == Self.count - 1 ? 8 : steps[k]
      let pieces = 2000
      var (weights, sum, rest) = (0.0, 0.0, 0.0)
      for i in 0..<pieces {
        let z = low + (high - low) * (Double(i) + 0.5) / Double(pieces)
        let a = min(
          max(mean + deviation * z, description.typicalityMinimum), description.typicalityMaximum)
        let weight = exp(-z * z / 2)
        weights += weight
        sum += weight * a
        rest += weight * (1 - a * a).squareRoot()
      }
      centres.append(sum / weights)
      rests.append(rest / weights)
    }
    self.centres = centres
    self.rests = rests
    // Below a bound lies what the normal distribution says, unless the limits cut all off on one side.
    var below = bounds.map { bound -> Double in
      let bound = Double(bound)
      if description.typicalityMaximum < bound { return 1 }
      if description.typicalityMinimum >= bound { return 0 }
      guard deviation > 0 else { return mean < bound ? 1 : 0 }
      return 0.5 * erfc((mean - bound) / deviation / 2.0.squareRoot())
    }
    below.append(1)
    shares = below.indices.map { $0 == 0 ? below[0] : below[$0] - below[$0 - 1] }
  }
}
