// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Synchronization

/// The closed forms of a population: how strangers score, with no sampling.
///
/// Given both typicalities, the cosine of two strangers is `a b + sqrt(1 - a^2) sqrt(1 - b^2) S` with S
/// the cosine of two uniform directions. FMR is then a two-dimensional integral, and FPIR the mean over
/// probes of `1 - exp(-N FMR(T | a))`: hubs make it far less than `1 - (1 - FMR)^N`. Both by a dense
/// trapezoid over |z| <= 7, 701 nodes a side. One evaluation costs 1 to 2 ms; those on the grid used by
/// `threshold` and the genuine forms are kept.
package final class ImpostorModel: Sendable {
  private struct Nodes: Sendable {
    var typicality: [Double] = []
    var rest: [Double] = []
    var weight: [Double] = []
    let tail: SphereTail
  }

  // Rows of FMR(T | a) at T = k / 100, by k.
  private struct State {
    var nodes: Nodes?
    var rows: [Int: [Double]] = [:]
  }

  static let gridStep = 0.01
  let description: PopulationDescription
  private let state = Mutex(State())

  init(_ description: PopulationDescription) { self.description = description }

  private func nodes() -> Nodes {
    state.withLock { state in
      if let nodes = state.nodes { return nodes }
      var nodes = Nodes(tail: SphereTail(dimension: description.directionDimension))
      var total = 0.0
      for i in -350...350 {
        let z = Double(i) * 0.02
        let a = min(
          max(
            description.typicalityMean + description.typicalityDeviation * z,
            description.typicalityMinimum),
          description.typicalityMaximum)
        nodes.typicality.append(a)
        nodes.rest.append((1 - a * a).squareRoot())
        nodes.weight.append(exp(-z * z / 2))
        total += exp(-z * z / 2)
      }
      for i in nodes.weight.indices { nodes.weight[i] /= total }
      state.nodes = nodes
      return nodes
    }
  }

  /// FMR at `threshold` for a probe of each node's typicality.
  private func conditional(_ threshold: Double, _ nodes: Nodes) -> [Double] {
    let count = nodes.weight.count
    var out = [Double](repeating: 0, count: count)
    let (a, rest, weight) = (nodes.typicality.span, nodes.rest.span, nodes.weight.span)
    nodes.tail.withFunction { tail in
      for i in 0..<count {
        var sum = out[i]
        let scale = 1 / rest[i]
        for j in i..<count {
          let share = tail((threshold - a[i] * a[j]) * scale / rest[j])
          sum += weight[j] * share
          if j != i { out[j] += weight[i] * share }
        }
        out[i] = sum
      }
    }
    return out
  }

  private func row(_ index: Int, _ nodes: Nodes) -> [Double] {
    if let row = state.withLock({ $0.rows[index] }) { return row }
    // Outside the lock: two callers may compute the same row, and get the same one.
    let row = conditional(Double(index) * Self.gridStep, nodes)
    state.withLock { $0.rows[index] = row }
    return row
  }

  private func rate(_ row: [Double], _ gallerySize: Double, _ nodes: Nodes) -> Double {
    // 1 - (1 - p)^N, which 1 - exp(-N p) only approaches for small p.
    rate(row, BinomialTail(atLeast: 1, of: gallerySize), nodes)
  }

  private func rate(_ row: [Double], _ tail: BinomialTail, _ nodes: Nodes) -> Double {
    var sum = 0.0
    for i in row.indices { sum += nodes.weight[i] * tail(row[i]) }
    return sum
  }

  /// Probability that a stranger scores `threshold` or more against a probe of each of 701 typicalities,
  /// ascending. 1 to 2 ms.
  package func conditionalRates(threshold: Double) -> [(typicality: Double, rate: Double)] {
    let nodes = nodes()
    return Array(zip(nodes.typicality, conditional(threshold, nodes)))
      .map { (typicality: $0.0, rate: $0.1) }
  }

  /// Probability that two strangers score `threshold` or more.
  package func fmr(at threshold: Double) -> Double {
    let nodes = nodes()
    let row = conditional(threshold, nodes)
    var sum = 0.0
    for i in row.indices { sum += nodes.weight[i] * row[i] }
    return sum
  }

  /// Probability that a search of a stranger in `gallerySize` templates returns one or more candidates
  /// at `threshold` or above.
  package func fpir(threshold: Double, gallerySize: Int) -> Double {
    let nodes = nodes()
    return rate(conditional(threshold, nodes), Double(gallerySize), nodes)
  }

  /// The threshold at which FPIR in `gallerySize` templates is `fpir`, within 1e-7.
  ///
  /// -1 where even that threshold alarms less often (a gallery of almost nobody).
  package func threshold(fpir: Double, gallerySize: Int) -> Double {
    precondition(fpir > 0 && fpir < 1, "an FPIR lies between 0 and 1")
    let nodes = nodes()
    let size = Double(gallerySize)
    // Bisect on the grid, whose rows are kept, then by regula falsi (Illinois) on ln FPIR.
    var (low, high) = (-100, 100)
    guard rate(row(low, nodes), size, nodes) > fpir else { return -1 }
    while high - low > 1 {
      let middle = (low + high) / 2
      if rate(row(middle, nodes), size, nodes) > fpir { low = middle } else { high = middle }
    }
    let excess = { (rate: Double) in log(max(rate, 1e-300) / fpir) }
    var (left, right) = (Double(low) * Self.gridStep, Double(high) * Self.gridStep)
    var above = excess(rate(row(low, nodes), size, nodes))
    var below = excess(rate(row(high, nodes), size, nodes))
    var side = 0
    for _ in 0..<30 {
      let next = (left * below - right * above) / (below - above)
      let value = excess(rate(conditional(next, nodes), size, nodes))
      if value.magnitude < 1e-9 || right - left < 1e-8 { return next }
      if value > 0 {
        (left, above) = (next, value)
        if side == 1 { below /= 2 }
        side = 1
      } else {
        (right, below) = (next, value)
        if side == -1 { above /= 2 }
        side = -1
      }
    }
    return (left + right) / 2
  }

  /// The threshold at which FMR is `fmr`, within 1e-9: the inverse of `fmr(at:)`. Some 50 ms.
  package func threshold(fmr: Double) -> Double {
    precondition(fmr > 0 && fmr < 1, "an FMR lies between 0 and 1")
    var (low, high) = (-1.0, 1.0)
    while high - low > 1e-9 {
      let middle = (low + high) / 2
      if self.fmr(at: middle) > fmr { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Probability that `count` strangers or more reach the threshold, at every grid point from `first`
  /// through `last`; with a count of 1 it is FPIR. For the genuine forms.
  func gridRates(from first: Int, through last: Int, gallerySize: Int, count: Int) -> [Double] {
    let nodes = nodes()
    let tail = BinomialTail(atLeast: count, of: Double(gallerySize))
    return (first...last).map { rate(row($0, nodes), tail, nodes) }
  }
}
