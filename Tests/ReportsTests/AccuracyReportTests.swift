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

  @Test("A recorded result reads as recorded")
  func golden() throws {
    let sample = here.deletingLastPathComponent()
      .appending(path: "EvaluationTests/Samples/accuracy-result.json")
    let text = AccuracyReport(try AccuracyResult.read(FilePath(sample.path))).text + "\n"
    let file = here.appending(path: "Snapshots/accuracy.txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(file.lastPathComponent); run again without RECORD_SNAPSHOTS")
    }
    #expect(text == (try? String(contentsOf: file, encoding: .utf8)))
  }
}
