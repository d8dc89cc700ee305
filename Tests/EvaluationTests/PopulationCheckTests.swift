// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Population
import Testing

private let runsHeavyChecks = ProcessInfo.processInfo.environment["SIGHTLINE_HEAVY"] == "1"

/// The check figures of the model's specification; `sightline population check` prints the same.
@Suite("The population model meets its check figures")
struct PopulationCheckTests {
  private func expectPassed(_ checks: [PopulationCheck]) {
    for check in checks {
      #expect(!check.figures.isEmpty)
      for figure in check.figures {
        #expect(figure.passed, "\(check.number) \(check.title): \(figure)")
      }
    }
  }

  @Test("Light figures", arguments: [1...2, 3...5, 6...7, 11...15, 16...16, 17...19, 20...21])
  func light(_ numbers: ClosedRange<Int>) async throws {
    let checks = try await PopulationChecks().run(numbers)
    #expect(checks.map(\.number) == Array(numbers))
    expectPassed(checks)
  }

  /// About a minute on two cores with AVX2: 5e12 multiply-adds, most of them for figure 10.
  @Test(
    "Heavy figures: searches of 100,000 and 1.6 million, with SIGHTLINE_HEAVY=1",
    .enabled(if: runsHeavyChecks))
  func heavy() async throws {
    let threads = min(8, ProcessInfo.processInfo.activeProcessorCount)
    let checks = try await PopulationChecks(threads: threads).run(PopulationChecks.heavy)
    #expect(checks.map(\.number) == [8, 9, 10])
    expectPassed(checks)
  }

  @Test("The table has a row a check, with what was expected, allowed and measured")
  func table() {
    let check = PopulationCheck(
      3, "a title",
      [
        .init("T", 0.289, within: 0.003, decimals: 4, measured: 0.2880),
        .init("U", -0.05, in: -0.1...0, decimals: 2, measured: 0.011),
      ], note: "a note")
    #expect(
      check.row == [
        "3", "a title (a note)", "T 0.2890; U -0.05", "0.2860 to 0.2920; -0.10 to 0.00",
        "0.2880; 0.01", "FAILED",
      ])
    #expect(PopulationChecks.markdown([check]).split(separator: "\n").count == 3)
    #expect(PopulationCheck(8, "not run", []).row.last == "not run")
  }
}

@Suite("Thresholds, misses and relatives in one table")
struct ThresholdTableTests {
  private func table(_ size: Int, nation: UInt64? = nil) -> ThresholdTable {
    ThresholdTable(
      Population(seed: 1).impostors, gallerySize: size, fpir: 0.003, lines: [.c, .a0],
      condition: .enrolment, relatives: nation.map { Relatives(population: $0) })
  }

  @Test("1.3 billion at FPIR .003: the threshold, and both shapes where there are two")
  func band() throws {
    let table = table(1_300_000_000)
    #expect(abs(table.threshold - 0.58846) < 1e-4)
    #expect(table.extrapolated)
    #expect(abs(table.rows[0].fnir.gumbel - 0.1624) < 5e-4)
    #expect(abs(try #require(table.rows[0].fnir.gaussian) - 0.117) < 1e-3)
    #expect(table.rows[1].fnir.gaussian == nil)
    #expect(table.relatives.isEmpty)
    #expect(!self.table(12_000_000).extrapolated)
  }

  @Test("Identical twins in a gallery of the whole nation add 5.5e-4, of half of it half that")
  func relatives() throws {
    let whole = table(1_300_000_000, nation: 1_300_000_000).relatives
    let half = table(1_300_000_000, nation: 2_600_000_000).relatives
    #expect(whole.map(\.kind) == Kinship.allCases)
    #expect(abs(whole[0].fpir - 5.5e-4) < 2e-5)
    for (all, some) in zip(whole, half) { #expect(abs(all.fpir - 2 * some.fpir) < 1e-12) }
  }
}

@Suite("Score columns and vector files")
struct ExportFormatTests {
  @Test("A line with too few or too many fields, or no number last, is none")
  func columns() {
    for line in ["", "1 2 3", "1 2 3 4 5 6", "1 2 3 four"] {
      #expect(ScoreColumns(line: line[...]) == nil)
    }
    #expect(ScoreColumns(line: "1 2 3 0.25")?.model == nil)
    #expect(ScoreColumns(line: "1 m 2 3 0.25")?.model == "m")
  }

  @Test("Vector bytes whose header does not fit are refused")
  func vectors() throws {
    let bytes = VectorBytes.ibin([1, 2, 3, 4, 5, 6], columns: 3)
    #expect(try #require(VectorBytes.readIBIN(bytes)).values == [1, 2, 3, 4, 5, 6])
    #expect(VectorBytes.readIBIN(Array(bytes.dropLast())) == nil)
    #expect(VectorBytes.readIBIN([1, 0, 0]) == nil)
    #expect(VectorBytes.readIBIN([255, 255, 255, 255, 255, 255, 255, 255]) == nil)
    #expect(try #require(VectorBytes.readFBIN([0, 0, 0, 0, 5, 0, 0, 0])).values.isEmpty)
  }
}
