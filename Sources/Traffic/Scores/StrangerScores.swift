// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population

/// How high strangers of a gallery score against a probe, drawn without a gallery.
///
/// A stranger reaches s against a probe of typicality a with the probability FMR(s | a) of the closed
/// form. The scores of N of them are N such draws, of which only the best few matter: order statistics
/// of N uniform numbers (Renyi's exponential spacings), taken through the inverse of FMR(. | a). That is
/// tabled at the closed form's 701 typicalities and at thresholds .01 apart, the decision's among them,
/// so that how often that one is passed is the closed form's own figure; between them ln FMR is taken as
/// straight (off by .3 % at most).
struct StrangerScores: Sendable {
  private static let step = 0.01
  private static let floor = -0.98
  private static let ceiling = 0.97

  private let lowest: Double
  private let columns: Int
  /// ln FMR, falling along each row; a row a typicality.
  private let rates: [Float]
  private let mean: Double
  private let spacing: Double
  private let nodes: Int

  /// Some 100 closed forms of 1 to 2 ms each.
  init(_ population: Population, threshold: Double, gallerySize: Int) {
    let model = population.description
    mean = model.typicalityMean
    // As the closed form's nodes lie: 701 over 7 deviations to either side.
    spacing = model.typicalityDeviation * 0.02
    var table: [[Double]] = []
    // Upwards until nobody scores so, then downwards until dozens always do.
    var score = threshold
    while score < Self.ceiling {
      let column = population.impostors.conditionalRates(threshold: score).map(\.rate)
      table.append(column)
      if column.allSatisfy({ $0 < 1e-24 }) { break }
      score += Self.step
    }
    var below: [[Double]] = []
    score = threshold - Self.step
    let enough = 60 / Double(max(gallerySize, 1))
    while score > Self.floor {
      let column = population.impostors.conditionalRates(threshold: score).map(\.rate)
      below.append(column)
      if column.allSatisfy({ $0 >= min(enough, 0.999) }) { break }
      score -= Self.step
    }
    lowest = threshold - Self.step * Double(below.count)
    let all = below.reversed() + table
    columns = all.count
    nodes = all.first?.count ?? 0
    var rates: [Float] = []
    rates.reserveCapacity(nodes * columns)
    for node in 0..<nodes {
      for column in all { rates.append(Float(log(max(column[node], 1e-300)))) }
    }
    self.rates = rates
  }

  /// The row of a typicality.
  func node(_ typicality: Double) -> Int {
    let index = spacing > 0 ? Int(((typicality - mean) / spacing).rounded()) + nodes / 2 : nodes / 2
    return min(max(index, 0), nodes - 1)
  }

  /// The score that a stranger reaches with a probability of which `logarithm` is the natural one.
  func score(logarithm: Double, node: Int) -> Double {
    let row = node * columns
    let wanted = Float(logarithm)
    if columns < 2 || wanted >= rates[row] { return lowest }
    // The last column with a rate of at least the wanted one.
    var (low, high) = (0, columns)
    while high - low > 1 {
      let middle = (low + high) / 2
      if rates[row + middle] >= wanted { low = middle } else { high = middle }
    }
    low = min(low, columns - 2)
    let (above, below) = (rates[row + low], rates[row + low + 1])
    let share = above > below ? Double((above - wanted) / (above - below)) : 0
    return lowest + Self.step * (Double(low) + min(share, 1))
  }

  /// The `count` best scores of `strangers`, falling, into `scores`.
  func draw(
    _ count: Int, of strangers: Int, node: Int, _ draws: inout TrafficDraws,
    into scores: inout [Double]
  ) {
    scores.removeAll(keepingCapacity: true)
    var survival = 0.0
    for rank in 0..<min(count, strangers) {
      survival += draws.exponential() / Double(strangers - rank)
      // ln of the rank-th least of `strangers` uniform numbers.
      scores.append(score(logarithm: log(-expm1(-survival)), node: node))
    }
  }
}
