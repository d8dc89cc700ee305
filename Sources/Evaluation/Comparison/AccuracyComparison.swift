// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// Two accuracy results side by side: each figure's difference, with an interval where there is one.
package struct AccuracyComparison: Codable, Hashable, Sendable {
  /// One figure of one point.
  package struct Figure: Codable, Hashable, Sendable {
    package var name: String
    package var first: Double
    package var second: Double
    /// `nil` for figures that are no rates.
    package var difference: RateDifference?
    package var change: Change
  }

  package struct Pair: Codable, Hashable, Sendable {
    package var first: String
    package var second: String
    package var figures: [Figure]
  }

  package var pairs: [Pair]
  /// Points that only one of the two has.
  package var unmatched: [String]
  /// Remarks, a sentence each.
  package var notes: [String]

  /// Compares two results. Points are matched by gallery size, line, shape, condition, matcher and list;
  /// where that finds none, by all but matcher and list; single points always match. With `recordings`, and
  /// the same probes in both, misses are compared search by search.
  ///
  /// - Throws: `EvaluationError` with code `badRun` where nothing matches; errors of the recordings.
  package init(
    _ first: AccuracyResult, _ second: AccuracyResult,
    recordings: (first: AccuracyRecording, second: AccuracyRecording)? = nil
  ) throws {
    pairs = []
    notes = []
    let matches = Self.matches(first, second)
    guard !matches.isEmpty else {
      throw EvaluationError.badRun(
        "the two results have no point in common: no gallery size, line and condition is in both")
    }
    unmatched =
      first.points.indices.filter { index in !matches.contains { $0.0 == index } }
      .map { "first: " + first.points[$0].title }
      + second.points.indices.filter { index in !matches.contains { $0.1 == index } }
      .map { "second: " + second.points[$0].title }
    var paired = 0
    for (i, j) in matches {
      let (a, b) = (first.points[i], second.points[j])
      var samples: (SearchSample, SearchSample)?
      if let recordings, Self.sameProbes(first, i, second, j) {
        samples = (
          try recordings.first.sample(of: first.plan.points[i]),
          try recordings.second.sample(of: second.plan.points[j])
        )
        paired += 1
      }
      pairs.append(
        Pair(first: a.title, second: b.title, figures: Self.figures(a, b, samples)))
    }
    notes.append(
      paired == matches.count
        ? "The probes are the same: differences are paired, search by search."
        : paired == 0
          ? "The probes or the records of them differ: differences are of unrelated searches."
          : "\(paired) of \(matches.count) points have the same probes, and their differences are paired."
    )
    notes.append(
      "FNIR is compared at each result's own threshold, taken as given; speed has no interval.")
  }

  private static func matches(
    _ first: AccuracyResult, _ second: AccuracyResult
  ) -> [(Int, Int)] {
    if first.points.count == 1, second.points.count == 1 { return [(0, 0)] }
    func pairs(by key: (AccuracyResult.Point) -> [String]) -> [(Int, Int)] {
      var found: [(Int, Int)] = []
      for (i, point) in first.points.enumerated() {
        let same = second.points.indices.filter { key(second.points[$0]) == key(point) }
        if same.count == 1, first.points.count(where: { key($0) == key(point) }) == 1 {
          found.append((i, same[0]))
        }
      }
      return found
    }
    let what = { (point: AccuracyResult.Point) in
      ["\(point.gallerySize)", point.line, point.shape, point.condition]
    }
    let exact = pairs { what($0) + [$0.matcher.name, "\($0.listLength ?? 0)"] }
    return exact.isEmpty ? pairs(by: what) : exact
  }

  /// Whether two points were searched with the same captures of the same people.
  private static func sameProbes(
    _ first: AccuracyResult, _ i: Int, _ second: AccuracyResult, _ j: Int
  ) -> Bool {
    let (a, b) = (first.plan, second.plan)
    let (p, q) = (a.points[i], b.points[j])
    return a.population == b.population && a.probeSeed == b.probeSeed && a.mated == b.mated
      && a.nonMated == b.nonMated && a.sharedSize == b.sharedSize && p.line == q.line
      && p.condition == q.condition
  }

  private static func figures(
    _ a: AccuracyResult.Point, _ b: AccuracyResult.Point, _ samples: (SearchSample, SearchSample)?
  ) -> [Figure] {
    var figures: [Figure] = []
    func add(
      _ name: String, _ x: AccuracyResult.Rate, _ y: AccuracyResult.Rate,
      _ outcomes: ((SearchSample, SearchSample) -> ([Bool], [Bool]))?
    ) {
      var difference = RateDifference(
        Proportion(x.count, of: x.trials), Proportion(y.count, of: y.trials))
      if let samples, let outcomes {
        let (u, v) = outcomes(samples.0, samples.1)
        let pairs = Array(zip(u, v))
        difference = RateDifference(
          both: pairs.count { $0 && $1 }, onlyFirst: pairs.count { $0 && !$1 },
          onlySecond: pairs.count { !$0 && $1 }, neither: pairs.count { !$0 && !$1 })
      }
      figures.append(
        Figure(
          name: name, first: x.rate ?? 0, second: y.rate ?? 0, difference: difference,
          change: Change(difference, lowerIsBetter: true)))
    }
    func add(_ name: String, _ x: Double, _ y: Double) {
      figures.append(
        Figure(name: name, first: x, second: y, difference: nil, change: .notJudged))
    }
    add("rank1_miss", a.rankOneMiss, b.rankOneMiss) { ($0.missed(beyond: 1), $1.missed(beyond: 1)) }
    let last = min(a.missByRank.count, b.missByRank.count)
    if last > 1 {
      add("rank\(last)_miss", a.missByRank[last - 1].miss, b.missByRank[last - 1].miss) {
        ($0.missed(beyond: last), $1.missed(beyond: last))
      }
    }
    for x in a.operating {
      guard let y = b.operating.first(where: { $0.targetFpir == x.targetFpir }) else { continue }
      add("fnir@\(x.targetFpir)", x.fnir, y.fnir) {
        ($0.missed(at: x.threshold), $1.missed(at: y.threshold))
      }
      add("threshold@\(x.targetFpir)", Double(x.threshold), Double(y.threshold))
      add("selectivity@\(x.targetFpir)", x.selectivity.value, y.selectivity.value)
    }
    add("ftx", a.failedMated, b.failedMated, nil)
    add("lost", a.lostMates, b.lostMates, nil)
    add("probes_per_second", a.cost.probesPerSecond, b.cost.probesPerSecond)
    return figures
  }
}

extension SearchSample {
  /// Of every mated search, whether the mate is not among the first `rank`.
  func missed(beyond rank: Int) -> [Bool] { ranks.map { $0 > rank } }

  /// Of every mated search, whether the mate is not first and at `threshold` or above.
  func missed(at threshold: Float) -> [Bool] { firstScores.map { !($0 >= threshold) } }
}
