// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// A bound on a figure that must hold, such as `fnir@0.003 < 0.02`.
package struct AccuracyLimit: Hashable, Sendable, CustomStringConvertible {
  /// The figures that a limit can name.
  package static let metrics =
    "fnir@F, fnir_in_list@F, tpir@F, selectivity@F, threshold@F, rankR_miss, ftx, lost, "
    + "probes_per_second, wall_seconds"

  private enum Relation: String, CaseIterable {
    // Longest first, so that none is taken for another's beginning.
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"
  }

  private let metric: String
  private let fpir: Double?
  private let relation: Relation
  private let bound: Double

  package var description: String {
    metric + (fpir.map { "@\($0)" } ?? "") + " \(relation.rawValue) \(bound)"
  }

  /// How a point stands to a limit.
  package struct Finding: Hashable, Sendable {
    package let limit: AccuracyLimit
    package let point: String
    package let measured: Double
    /// The interval at 95 %; `nil` for figures without.
    package let interval: ClosedRange<Double>?
    package let holds: Bool
    /// Whether the whole interval is on the right side.
    package let isShown: Bool
  }

  /// - Throws: `EvaluationError` with code `badPlan` for a text that is no limit.
  package init(_ text: String) throws(EvaluationError) {
    let all = text.filter { $0 != " " }
    guard let relation = Relation.allCases.first(where: { all.contains($0.rawValue) }),
      let range = all.firstRange(of: relation.rawValue),
      let bound = Double(all[range.upperBound...]), bound.isFinite
    else {
      throw .badPlan("\"\(text)\" is no limit: write one as fnir@0.003 < 0.02")
    }
    let parts = all[..<range.lowerBound].split(separator: "@", omittingEmptySubsequences: false)
    let metric = parts.first.map(String.init) ?? ""
    let rate = parts.count == 2 ? Double(parts[1]) : nil
    let needsRate = ["fnir", "fnir_in_list", "tpir", "selectivity", "threshold"].contains(metric)
    let known =
      needsRate || ["ftx", "lost", "probes_per_second", "wall_seconds"].contains(metric)
      || Self.rank(metric) != nil
    guard known, parts.count <= 2, needsRate == (rate != nil), needsRate || parts.count == 1 else {
      throw .badPlan("\"\(text)\" is no limit: the figures are \(Self.metrics)")
    }
    self.metric = metric
    fpir = rate
    self.relation = relation
    self.bound = bound
  }

  private static func rank(_ metric: String) -> Int? {
    guard metric.hasPrefix("rank"), metric.hasSuffix("_miss") else { return nil }
    return Int(metric.dropFirst(4).dropLast(5)).flatMap { $0 >= 1 ? $0 : nil }
  }

  /// How every point of `result` stands.
  ///
  /// - Throws: `EvaluationError` with code `badPlan` where the result lacks the figure.
  package func findings(_ result: AccuracyResult) throws(EvaluationError) -> [Finding] {
    var found: [Finding] = []
    for point in result.points {
      let (measured, interval) = try figure(point)
      found.append(
        Finding(
          limit: self, point: point.title, measured: measured, interval: interval,
          holds: holds(measured),
          isShown: interval.map { holds($0.lowerBound) && holds($0.upperBound) } ?? false))
    }
    return found
  }

  private func holds(_ value: Double) -> Bool {
    switch relation {
    case .below: value < bound
    case .atMost: value <= bound
    case .above: value > bound
    case .atLeast: value >= bound
    }
  }

  private func figure(
    _ point: AccuracyResult.Point
  ) throws(EvaluationError) -> (Double, ClosedRange<Double>?) {
    let of = { (rate: AccuracyResult.Rate) in (rate.rate ?? 0, Optional(rate.low...rate.high)) }
    if let rank = Self.rank(metric) {
      guard point.missByRank.indices.contains(rank - 1) else {
        throw .badPlan("\(self): the lists have \(point.k) candidates only")
      }
      return of(point.missByRank[rank - 1].miss)
    }
    switch metric {
    case "ftx": return of(point.failedMated)
    case "lost": return of(point.lostMates)
    case "probes_per_second": return (point.cost.probesPerSecond, nil)
    case "wall_seconds": return (point.cost.wallSeconds, nil)
    default: break
    }
    guard let at = point.operating.first(where: { $0.targetFpir == fpir }) else {
      let known = point.operating.map { "\($0.targetFpir)" }.joined(separator: ", ")
      throw .badPlan("\(self): the result states no such FPIR; it has \(known)")
    }
    let estimate = { (e: AccuracyResult.Estimate) in (e.value, Optional(e.low...e.high)) }
    switch metric {
    case "fnir": return estimate(at.fnirEstimate)
    case "fnir_in_list": return of(at.fnirInList)
    case "tpir":
      let e = at.fnirEstimate
      return (1 - e.value, (1 - e.high)...(1 - e.low))
    case "selectivity": return estimate(at.selectivity)
    default:
      return (Double(at.threshold), Double(at.thresholdLow)...Double(at.thresholdHigh))
    }
  }
}

extension AccuracyResult.Point {
  /// What sets this point apart, in words.
  package var title: String {
    "N = \(gallerySize), line \(line), \(condition), \(matcher.name)"
      + (listLength.map { ", list \($0)" } ?? "")
  }
}
