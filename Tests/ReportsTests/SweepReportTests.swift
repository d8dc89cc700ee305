// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Reports
import Sweeps
import SystemPackage
import Testing

@Suite("Sweeps for readers")
struct SweepReportTests {
  private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private func sample() throws -> FrameSweepResult {
    let file = Self.here.deletingLastPathComponent()
      .appending(path: "SweepsTests/Samples/frame-sweep-result.json")
    return try FrameSweepResult.read(FilePath(file.path))
  }

  @Test("A recorded sweep reads as recorded")
  func golden() throws {
    let text = SweepReport(try sample()).text + "\n"
    let file = Self.here.appending(path: "Snapshots/sweep.txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(file.lastPathComponent); run again without RECORD_SNAPSHOTS")
    }
    #expect(text == (try? String(contentsOf: file, encoding: .utf8)))
  }

  @Test("Its section stands on the page with and without searches, and every chart has its table")
  func section() throws {
    for results in [[], [try ReportPageTests.result()]] {
      let page = try ReportPage(results, sweeps: [sample()]).html()
      #expect(page.contains("<section id=\"frames\"") && page.contains("href=\"#frames\""))
      #expect(page.contains("id=\"sweep-0\"") && page.contains("data-of=\"sweep-0\""))
      let figures = page.split(separator: "<figure").dropFirst()
      #expect(figures.count == (results.isEmpty ? 2 : 7))
      for figure in figures { #expect(figure.contains("<caption>")) }
      let ids = page.matches(of: #/ id="([^"]+)"/#).map { String($0.output.1) }
      #expect(Set(ids).count == ids.count)
    }
  }

  @Test("Strings of a hostile sweep stay text", arguments: HTMLTests.hostile)
  func hostile(_ text: String) throws {
    var sweep = try sample()
    sweep.software.command = ["sightline", text]
    sweep.machine.cpu = text
    sweep.notes = [text]
    for index in sweep.points.indices {
      sweep.points[index].settings.frames.folder = text
      sweep.points[index].id = text
      sweep.points[index].cost.stages[0].name = text
    }
    let page = try ReportPage([], sweeps: [sweep]).html()
    #expect(page.matches(of: /<script>/).count == 1)
    #expect(page.matches(of: #/ on[a-z]+="/#).isEmpty)
    #expect(!page.contains("<img") && !page.contains("<b>"))
  }

  @Test("Figures that cannot be are refused")
  func impossible() throws {
    let good = try sample()
    let changes: [(inout FrameSweepResult) -> Void] = [
      { $0.points[0].figures.missed.count = $0.points[0].figures.missed.trials + 1 },
      { $0.points[0].figures.missed.rate = 1.5 },
      { $0.points[0].figures.capturesLocated.low = -1 },
      { $0.points[0].cost.cpuMillisecondsPerFrame = .infinity },
      { $0.points[0].cost.stages[0].p99Ms = -1 },
      { $0.points[0].settings.decimation = 0 },
      { $0.points[0].settings.frames.markerPixels = .nan },
      { $0.points = [] },
    ]
    for change in changes {
      var bad = good
      change(&bad)
      #expect(throws: ReportError.self) { try ReportPage([], sweeps: [bad]) }
    }
  }
}
