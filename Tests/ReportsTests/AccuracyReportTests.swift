// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Reports
import SystemPackage
import Testing

@Suite("The text of an accuracy result")
struct AccuracyReportTests {
  private let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private func sample() throws -> AccuracyResult {
    let file = here.deletingLastPathComponent()
      .appending(path: "EvaluationTests/Samples/accuracy-result.json")
    return try AccuracyResult.read(FilePath(file.path))
  }

  private func expectRecorded(_ text: String, _ name: String) throws {
    let file = here.appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data((text + "\n").utf8).write(to: file)
      Issue.record("recorded \(file.lastPathComponent); run again without RECORD_SNAPSHOTS")
    }
    #expect(text + "\n" == (try? String(contentsOf: file, encoding: .utf8)))
  }

  @Test("A recorded result reads as recorded")
  func golden() throws {
    try expectRecorded(AccuracyReport(try sample()).text, "accuracy")
  }

  @Test(
    "A comparison reads as recorded: better, worse, no change, limits that hold and one that is broken"
  )
  func comparison() throws {
    var first = try sample()
    var second = first
    let trials = first.points[0].rankOneMiss.trials
    first.points[0].rankOneMiss = .init(trials / 10, of: trials)
    second.points[0].rankOneMiss = .init(0, of: trials)
    for index in second.points[0].operating.indices {
      second.points[0].operating[index].fnir = .init(trials - index, of: trials)
    }
    second.points[0].cost.probesPerSecond *= 2
    let limits = try ["rank1_miss < 0.5", "ftx <= 1", "probes_per_second > 1e12"].flatMap {
      try AccuracyLimit($0).findings(second)
    }
    let report = ComparisonReport(try AccuracyComparison(first, second), limits)
    try expectRecorded(report.text, "compare")
    for word in ["better", "worse", "no change", "not judged", "BROKEN", "holds"] {
      #expect(report.text.contains(word))
    }
  }
}
