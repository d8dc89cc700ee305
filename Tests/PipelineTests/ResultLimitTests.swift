// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("Limits on results")
struct ResultLimitTests {
  private let figures: [ResultMeasure: Double?] = [.p99: 0.2, .drops: 3, .agreement: Double?.none]

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

  @Test("What could be measured and was not does not hold; what is never measured is told as that")
  func missing() throws {
    #expect(try ResultLimit("agreement == 1").finding(figures).outcome == .broken)
    #expect(try ResultLimit("cameras >= 1").finding(figures).outcome == .unmeasured)
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
