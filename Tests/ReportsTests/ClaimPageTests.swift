// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Reports
import Settings
import SystemPackage
import Testing

@Suite("The page about a claim")
struct ClaimPageTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let examples = folder.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Examples/claims")

  /// Two cores that were measured once, so that the page is the same on every machine.
  static let speed = ClaimSpeed(
    source: "a bench of 100 million templates",
    machine: ClaimSpeed.Machine(
      cpu: "AMD EPYC", cores: 2, memoryBytes: 25_276_502_016, load: 0.2),
    engines: [
      ClaimSpeed.Engine(
        name: "exact", bytesPerTemplate: 2048, measuredSize: 1_000_000, threads: 2,
        secondsAlone: 50e-9, batch: 256, secondsInBatch: 5e-9, cpuSecondsAlone: 98e-9),
      ClaimSpeed.Engine(
        name: "sketch", bytesPerTemplate: 16, measuredSize: 100_000_000, threads: 2,
        secondsAlone: 0.45e-9, batch: 64, secondsInBatch: 0.08e-9, cpuSecondsAlone: 0.85e-9,
        mateRecall: 0.997),
    ])

  static func page(_ name: String, speed: ClaimSpeed? = nil) throws -> String {
    let path = FilePath(examples.appending(path: "\(name).yaml").path)
    return try ClaimVerdict(Claim(SettingsMap(contentsOf: path)), speed: speed).text
  }

  /// Compares with a file beside the tests; `RECORD_SNAPSHOTS=1` writes it anew, and fails.
  private func expectSnapshot(_ text: String, _ name: String) throws {
    let file = Self.folder.appending(path: "Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data((text + "\n").utf8).write(to: file)
      Issue.record("recorded \(name); run again without RECORD_SNAPSHOTS")
      return
    }
    let expected = try? String(contentsOf: file, encoding: .utf8)
    #expect(text + "\n" == expected, "differs from Snapshots/\(name).txt")
  }

  @Test(
    "Pages of the examples are as recorded",
    arguments: ["seed-article", "npl-2023", "met-police-2025", "aadhaar-2012"])
  func golden(_ name: String) throws {
    try expectSnapshot(Self.page(name, speed: Self.speed), "claim-\(name)")
  }

  @Test("The page's first lines say what a reader needs: outcome, meaning, wrong names, machines")
  func order() throws {
    let page = try Self.page("seed-article", speed: Self.speed)
    var last = page.startIndex
    for words in [
      "Any of 1.3 billion citizens", "NOT SHOWN: \"accuracy 90 %\"", "What the figure is",
      "What it leaves out", "Wrong names.", "Twins.", "What it would take", "Found of 100",
      "Simulated: no real person",
    ] {
      let found = try #require(page.range(of: words, range: last..<page.endIndex), "\(words)")
      last = found.upperBound
    }
  }

  @Test("`accuracy` is the claim's word, in quotes, and never ours; nothing is 0 %")
  func words() throws {
    for name in ["seed-article", "npl-2023", "met-police-2025", "south-wales-2017"] {
      let page = try Self.page(name, speed: Self.speed)
      let ours = page.replacing("\"accuracy ", with: "")
        .replacing("at about 90 % accuracy\"", with: "\"")
      #expect(!ours.lowercased().contains("accuracy"), "\(name)")
      #expect(!page.contains(" 0 %") && !page.contains("nan") && !page.contains("inf "), "\(name)")
    }
  }

  @Test("With nothing observed the page gives the bound, not a rate of nothing")
  func bound() throws {
    var claim = Claim()
    var observed = ClaimObservation()
    (observed.faces, observed.alerts, observed.falseAlerts) = (10_000, 7, 0)
    claim.observed = observed
    let page = try ClaimVerdict(claim).text
    #expect(page.contains("0 of 10,000 faces named wrongly, so below 0.030 %"))
    #expect(!page.contains(" 0 %"))
  }

  @Test(
    "Rough numbers",
    arguments: [
      (24_100_000_000, "24 billion"), (1_340_000, "1.3 million"), (41_260, "41,300"),
      (312.4, "312"), (9.14, "9.1"), (0.0421, "0.042"), (2, "2"), (999.6, "1,000"),
      (1e6, "1 million"), (0.000_017, "0.000017"),
    ] as [(Double, String)])
  func amounts(_ value: Double, _ expected: String) { #expect(Text.amount(value) == expected) }

  @Test(
    "Shares in percent never round to nothing or all",
    arguments: [
      (0.9, "90 %"), (0.5, "50 %"), (0.987, "98.7 %"), (0.9987, "99.87 %"), (0.999_999, ">99.99 %"),
      (0.0048, "0.48 %"), (3.2e-6, "0.00032 %"), (1, "100 %"), (0.093, "9.3 %"),
    ] as [(Double, String)])
  func percents(_ value: Double, _ expected: String) { #expect(Text.percent(value) == expected) }
}
