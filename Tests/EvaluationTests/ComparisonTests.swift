// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Population
import SystemPackage
import Testing

@Suite("Differences of rates")
struct RateDifferenceTests {
  @Test("Newcombe's example: 56 of 70 against 48 of 80 is .2, .0524 to .3339")
  func published() {
    let difference = RateDifference(Proportion(48, of: 80), Proportion(56, of: 70))
    #expect(abs(difference.value - 0.2) < 1e-12)
    #expect(abs(difference.low - 0.0524) < 1e-4 && abs(difference.high - 0.3339) < 1e-4)
  }

  @Test("Pairs on paper: 20 both, 10 first, 2 second, 68 neither")
  func paired() {
    let difference = RateDifference(both: 20, onlyFirst: 10, onlySecond: 2, neither: 68)
    // 30 of 100 against 22 of 100. Wilson: .30 (.2189, .3958) and .22 (.1500, .3107).
    // phi = (20 x 68 - 10 x 2 - 50) / sqrt(30 x 70 x 22 x 78) = .6796.
    // Down: sqrt((.22 - .1500)^2 + (.3958 - .30)^2 - 2 phi (.0700)(.0958)) = .0705;
    // up: sqrt((.3107 - .22)^2 + (.30 - .2189)^2 - 2 phi (.0907)(.0811)) = .0693.
    #expect(abs(difference.value + 0.08) < 1e-12)
    #expect(abs(difference.low + 0.1505) < 1e-4)
    #expect(abs(difference.high + 0.0107) < 1e-4)
  }

  @Test("Pairs that agree make a narrower interval than strangers; swapped, all signs turn")
  func properties() {
    for (a, b, c, d) in [
      (40, 6, 3, 151), (0, 5, 0, 95), (3, 0, 0, 97), (0, 0, 0, 50), (7, 7, 7, 0),
    ] {
      let n = a + b + c + d
      let paired = RateDifference(both: a, onlyFirst: b, onlySecond: c, neither: d)
      let apart = RateDifference(Proportion(a + b, of: n), Proportion(a + c, of: n))
      let swapped = RateDifference(both: a, onlyFirst: c, onlySecond: b, neither: d)
      #expect(paired.low <= paired.value && paired.value <= paired.high)
      #expect(abs(paired.low + swapped.high) < 1e-12 && abs(paired.high + swapped.low) < 1e-12)
      if a * d > b * c { #expect(paired.high - paired.low <= apart.high - apart.low) }
      if b == c { #expect(paired.low <= 0 && paired.high >= 0) }
    }
  }
}

@Suite("Comparing results")
struct ComparisonTests {
  private func change(_ comparison: AccuracyComparison, _ name: String) -> Change? {
    comparison.pairs[0].figures.first { $0.name == name }?.change
  }

  @Test("A result against itself shows no change; a worse line is worse, and the other way better")
  func directions() async throws {
    let (a, b) = (try TemporaryFolder(), try TemporaryFolder())
    let good = try SmallRun.plan(mated: 800, condition: .enrolment, line: .a)
    let bad = try SmallRun.plan(mated: 800, condition: .kiosk, line: .e)
    let first = try await SmallRun.execute(good, in: a.path)
    let second = try await SmallRun.execute(bad, in: b.path)
    let recordings = (try AccuracyRecording(a.path), try AccuracyRecording(b.path))
    let same = try AccuracyComparison(
      first, first, recordings: (first: recordings.0, second: recordings.0))
    #expect(same.notes[0].hasPrefix("The probes are the same"))
    for figure in same.pairs[0].figures { #expect(figure.difference?.value ?? 0 == 0) }
    #expect(change(same, "fnir@0.02") == .noChange)
    #expect(change(same, "probes_per_second") == .notJudged)
    // Other lines have other probes: not paired, even with the records.
    let worse = try AccuracyComparison(
      first, second, recordings: (first: recordings.0, second: recordings.1))
    #expect(change(worse, "fnir@0.02") == .worse && change(worse, "ftx") == .worse)
    #expect(worse.notes[0].contains("unrelated"))
    #expect(worse.pairs[0].figures.allSatisfy { $0.difference?.paired != true })
    let better = try AccuracyComparison(second, first)
    #expect(change(better, "fnir@0.02") == .better)
  }

  @Test("Paired counts are those of the searches")
  func paired() async throws {
    let (a, b) = (try TemporaryFolder(), try TemporaryFolder())
    let plan = try SmallRun.plan(mated: 400)
    var other = plan
    other.points[0].matcher = .sketch
    other.points[0].listLength = 3_000
    let first = try await SmallRun.execute(plan, in: a.path)
    let second = try await SmallRun.execute(other, in: b.path)
    let comparison = try AccuracyComparison(
      first, second,
      recordings: (first: try AccuracyRecording(a.path), second: try AccuracyRecording(b.path)))
    let figure = try #require(comparison.pairs[0].figures.first { $0.name == "rank1_miss" })
    // With lists as long as the gallery sketch search is exact: the searches agree one by one.
    #expect(figure.difference?.paired == true)
    #expect(figure.difference?.value == 0 && figure.change == .noChange)
    // All pairs agree, so the interval is narrower than between strangers.
    let apart = try AccuracyComparison(first, second).pairs[0].figures[0].difference
    let width = { (d: RateDifference?) in (d?.high ?? 9) - (d?.low ?? -9) }
    #expect(width(figure.difference) < width(apart))
  }

  @Test("Points of sweeps match by size and line; what is in one only is told")
  func sweeps() async throws {
    let (a, b) = (try TemporaryFolder(), try TemporaryFolder())
    let first = try await SmallRun.execute(
      try SmallRun.plan(sizes: [500, 900], mated: 50), in: a.path)
    let second = try await SmallRun.execute(
      try SmallRun.plan(sizes: [900, 1_200], mated: 50), in: b.path)
    let comparison = try AccuracyComparison(first, second)
    #expect(comparison.pairs.count == 1 && comparison.pairs[0].first.contains("N = 900"))
    #expect(comparison.unmatched.count == 2)
    var far = second
    far.points = far.points.map {
      var point = $0
      point.line = "Z"
      return point
    }
    #expect(throws: EvaluationError.self) { try AccuracyComparison(first, far) }
  }

  @Test("Limits hold, hold without being shown, or are broken")
  func limits() throws {
    let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Samples/accuracy-result.json")
    let result = try AccuracyResult.read(FilePath(sample.path))
    func finding(_ text: String) throws -> AccuracyLimit.Finding {
      try AccuracyLimit(text).findings(result)[0]
    }
    let fnir = try #require(result.points[0].operating.first)
    let bound = fnir.fnirEstimate.high
    #expect(try finding("fnir@0.1 < \(bound + 0.01)").isShown)
    let unsure = try finding("fnir@0.1 <= \(fnir.fnirEstimate.value)")
    #expect(unsure.holds && !unsure.isShown)
    #expect(try !finding("fnir@0.1 > 0.9").holds)
    #expect(try finding("tpir@0.1>=0.5").holds)
    #expect(try finding("rank1_miss <= 1").holds)
    #expect(try !finding("probes_per_second < 0").holds)
    #expect(try AccuracyLimit("fnir@0.1<0.02").description == "fnir@0.1 < 0.02")
  }

  @Test(
    "What is no limit is refused, and so is a figure that the result lacks",
    arguments: [
      "fnir < 0.1", "fnir@0.1", "fnir@x < 1", "accuracy > 0.9", "rank0_miss < 1", "ftx@0.1 < 1",
      "fnir@0.1 < nan", "", "<", "fnir@0.1@0.2 < 1",
    ])
  func noLimits(_ text: String) throws {
    #expect(throws: EvaluationError.self) { try AccuracyLimit(text) }
  }

  @Test("A limit on an FPIR or a rank that the result does not state is refused")
  func lacking() throws {
    let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Samples/accuracy-result.json")
    let result = try AccuracyResult.read(FilePath(sample.path))
    for text in ["fnir@0.5 < 1", "rank1000_miss < 1"] {
      let limit = try AccuracyLimit(text)
      #expect(throws: EvaluationError.self) { try limit.findings(result) }
    }
  }
}
