// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("Limits on results")
struct ResultLimitTests {
  private let figures: [ResultMeasure: Double] = [.p99: 0.2, .drops: 3]

  @Test(
    "Units, relations and the bound itself",
    arguments: [
      ("p99 < 200ms", false), ("p99 <= 200 ms", true), ("p99<0.3s", true), ("p99 >= 0.2 s", true),
      ("p99 == 200ms", true), ("drops == 3", true), ("drops > 3", false), ("drops < 1k", true),
    ])
  func holds(text: String, holds: Bool) throws {
    let finding = try ResultLimit(text).finding(figures)
    #expect(finding.outcome == (holds ? .holds : .broken))
    #expect(finding.measured != nil)
  }

  @Test("What there was nothing to measure by is not met, whatever the bound, and is told as that")
  func unmeasured() throws {
    for relation in ResultLimit.Relation.allCases {
      let finding = try ResultLimit("agreement \(relation.rawValue) 1").finding(figures)
      #expect(finding.outcome == .unmeasured && finding.measured == nil)
      #expect(!finding.isMet)
    }
    for outcome in ["p99 < 1 s", "p99 > 1 s"] {
      let finding = try ResultLimit(outcome).finding(figures)
      #expect(finding.isMet == (finding.outcome == .holds))
    }
  }

  @Test("A measure that a command never has is refused, with those that it has")
  func strange() throws {
    let limits = try ["drops == 0", "cameras>=1"].map { try ResultLimit($0) }
    try limits.check(measures: [.drops, .cameras], of: "run")
    let error = #expect(throws: PipelineError.self) {
      try limits.check(measures: [.p99, .drops], of: "run")
    }
    #expect(
      error?.message
        == "'cameras >= 1': run does not measure 'cameras'; leave it out, or name one of: p99, drops"
    )
  }

  @Test(
    "What is no limit is refused with what to write",
    arguments: [
      ("p99", "write one such as"), ("drps == 0", "did you mean 'drops'?"),
      ("p99 < 3 pounds", "time"),
      ("drops < 1 s", "a count"), ("fps > fast", "a number"), (" < 3", "unknown measure"),
      ("p99 < 200", "200 ms"), ("p99 < ", "a time"), ("agreement == 1 1", "a share"),
      ("p99 = 3 s", "write one such as"),
    ])
  func refused(text: String, words: String) {
    let error = #expect(throws: PipelineError.self) { _ = try ResultLimit(text) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
