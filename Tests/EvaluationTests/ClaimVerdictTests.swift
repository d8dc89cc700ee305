// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Population
import Testing

@Suite("Verdicts on claims")
struct ClaimVerdictTests {
  private static let seed = Result { try ClaimVerdict(example("seed-article")) }

  private func figure(
    _ verdict: ClaimVerdict, _ reading: ClaimReading, _ line: String, _ condition: String
  ) throws -> ClaimFigure {
    try #require(
      verdict.figures.first {
        $0.reading == reading && $0.line == line && $0.condition == condition
      })
  }

  @Test(
    "At 1.3 billion and FPIR .003 the bands are those of the specification, power law included",
    arguments: [
      // Misses from lowest to highest: Gaussian, Gumbel, power law.
      ("A", 0.026, 0.041, ClaimOutcome.pass), ("B", 0.071, 0.125, .notShown),
      ("C", 0.118, 0.219, .fail), ("D", 0.224, 0.376, .fail), ("E", 0.381, 0.533, .fail),
    ] as [(String, Double, Double, ClaimOutcome)])
  func bands(_ line: String, _ least: Double, _ most: Double, _ outcome: ClaimOutcome) throws {
    let figure = try figure(Self.seed.get(), .tpir(fpir: 0.003), line, "enrolment")
    #expect(abs(1 - figure.high - least) < 0.001)
    #expect(abs(1 - figure.low - most) < 0.001)
    #expect(figure.methods.map(\.name) == ["gumbel", "gaussian", "power-law"])
    #expect(figure.outcome == outcome)
    #expect(figure.extrapolated)
  }

  @Test("Closed-set rank 1 is easy for nearly all; with kiosk photos the median passes and C fails")
  func rankOne() throws {
    let verdict = try Self.seed.get()
    for line in ["A0", "A", "B", "C", "D"] {
      #expect(try figure(verdict, .rank(1), line, "enrolment").outcome == .pass)
    }
    #expect(try figure(verdict, .rank(1), "E", "enrolment").outcome == .notShown)
    #expect(try figure(verdict, .rank(1), "B", "kiosk").outcome == .pass)
    #expect(try figure(verdict, .rank(1), "C", "kiosk").outcome == .fail)
  }

  @Test("The whole is NOT SHOWN where figures differ, and the tally counts them all")
  func whole() throws {
    let verdict = try Self.seed.get()
    #expect(verdict.outcome == .notShown)
    #expect(verdict.tally.all == 108 && verdict.figures.count == 108)
    #expect(verdict.tally.pass > 0 && verdict.tally.fail > 0)
    #expect(verdict.extrapolated && verdict.simulated)
  }

  @Test(
    "Strict readings never find more than lax ones, and no stricter one passes where a laxer fails")
  func monotone() throws {
    let verdict = try Self.seed.get()
    for line in verdict.claim.lines {
      for condition in verdict.claim.conditions {
        let all = verdict.figures.filter { $0.line == line && $0.condition == condition }
          .sorted { $0.reading.strictness < $1.reading.strictness }
        #expect(all.map(\.reading.key).prefix(2) == ["rank-50", "rank-1"])
        for (lax, strict) in zip(all, all.dropFirst()) {
          for (a, b) in zip(lax.methods, strict.methods) where a.name == b.name {
            #expect(a.found >= b.found - 1e-9)
          }
          #expect(!(lax.outcome == .fail && strict.outcome != .fail))
          #expect(!(strict.outcome == .pass && lax.outcome != .pass))
        }
      }
    }
  }

  @Test("A claim that says how to read it is judged by that reading alone")
  func read() throws {
    var claim = try example("seed-article")
    claim.reading = .rank(1)
    claim.lines = ["B"]
    claim.conditions = ["enrolment"]
    let verdict = try ClaimVerdict(claim)
    #expect(verdict.tally.all == 1 && verdict.outcome == .pass)
    claim.accuracy = 0.9999
    #expect(try ClaimVerdict(claim).outcome == .fail)
    claim.accuracy = nil
    claim.reading = nil
    let bare = try ClaimVerdict(claim)
    #expect(bare.outcome == nil && bare.tally.all == 0 && !bare.figures.isEmpty)
  }

  @Test("Beyond what was measured one answer shows nothing; within it does")
  func single() throws {
    var claim = Claim()
    claim.accuracy = 0.5
    claim.lines = ["A0"]
    claim.conditions = ["kiosk"]
    claim.gallerySize = 1_000_000
    #expect(try ClaimVerdict(claim).outcome == .pass)
    claim.gallerySize = 1_300_000_000
    let verdict = try ClaimVerdict(claim)
    #expect(verdict.figures.allSatisfy { $0.methods.count == 1 && $0.outcome == .notShown })
  }

  @Test("What was measured at nine tenths of the size or more replaces what is predicted")
  func measured() throws {
    var claim = Claim()
    claim.gallerySize = 1_000_000
    claim.accuracy = 0.99
    claim.lines = ["C"]
    claim.conditions = ["enrolment"]
    let reading = ClaimReading.tpir(fpir: 0.003)
    func outcome(size: Int, found: Int, of trials: Int, line: String = "C") throws -> ClaimFigure {
      let verdict = try ClaimVerdict(
        claim,
        measurements: [
          ClaimMeasurement(
            gallerySize: size, line: line, condition: "enrolment", reading: reading,
            found: Proportion(found, of: trials))
        ])
      return try figure(verdict, reading, "C", "enrolment")
    }
    // Predicted is .986: that fails. Counts decide otherwise.
    let predicted = try figure(try ClaimVerdict(claim), reading, "C", "enrolment")
    #expect(predicted.outcome == .fail && predicted.measured == nil)
    let passed = try outcome(size: 900_000, found: 19_990, of: 20_000)
    #expect(passed.outcome == .pass && passed.measured?.trials == 20_000)
    #expect(passed.low == Proportion(19_990, of: 20_000).interval.lowerBound)
    #expect(passed.methods.last?.name == "measured")
    #expect(try outcome(size: 1_000_000, found: 990, of: 1_000).outcome == .notShown)
    #expect(try outcome(size: 1_000_000, found: 0, of: 1_000).outcome == .fail)
    // Too small a gallery, or another line, says nothing here.
    #expect(try outcome(size: 899_999, found: 19_990, of: 20_000).measured == nil)
    #expect(try outcome(size: 1_000_000, found: 19_990, of: 20_000, line: "B").measured == nil)
  }

  @Test("Wrong names, found and missed add up by hand")
  func people() throws {
    let verdict = try Self.seed.get()
    let model = Population(seed: 1).impostors
    let size = 1_300_000_000
    let row = try #require(
      verdict.people.first { $0.fpir == 0.003 && $0.condition == "enrolment" })
    #expect(row.line == "C" && row.days.map(\.cameras) == [200_000_000, 626_000_000])
    let day = row.days[0]
    let faces = 200_000_000.0 * 10_000
    #expect(day.faces == faces)
    let fnir = model.fnir(threshold: row.threshold, gallerySize: size, line: .c)
    let wrong = model.misnaming(threshold: row.threshold, gallerySize: size, line: .c)
    let gaussian = try #require(QualityLine.named("C", shape: .gaussian))
    let other = model.misnaming(threshold: row.threshold, gallerySize: size, line: gaussian)
    // A tenth of the faces are strangers, of whom .003 are named; the others may be misnamed.
    let expected = [wrong, other].map { faces * (0.1 * 0.003 + 0.9 * $0) }.sorted()
    #expect(abs(day.wrong.low / expected[0] - 1) < 1e-9)
    #expect(abs(day.wrong.high / expected[1] - 1) < 1e-9)
    #expect(abs(row.missedPer100.high - 100 * fnir) < 1e-9)
    #expect(abs(day.right.low - faces * 0.9 * (1 - fnir)) < 1e-3 * faces)
    #expect(abs(day.wrongPerFace.low - day.wrong.low / faces) < 1e-15)
    let alert = try #require(day.wrongPerAlert)
    #expect(alert.low > day.wrongPerFace.low && alert.high < 1)
    #expect(abs(day.wrongPerCamera.low - day.wrong.low / 2e8) < 1e-6)
    // 7.4 % of .75 % of the 1.3 of 1.39 billion who are enrolled.
    let twins = try #require(row.twinFPIR)
    #expect(abs(row.twinPasses - 0.0738) < 0.001)
    #expect(abs(twins - row.twinPasses * 0.0075 * 1.3 / 1.39) < 1e-12)
  }

  @Test("Nobody enrolled passes, or only such: rates without a denominator are absent, not zero")
  func none() throws {
    var claim = Claim()
    claim.gallerySize = 1_000
    claim.cameras = [3]
    claim.facesPerCameraDay = 10
    claim.matedShare = 0
    claim.conditions = ["enrolment"]
    let strangers = try ClaimVerdict(claim).people[0].days[0]
    #expect(strangers.wrongPerRight == nil && strangers.right.high == 0)
    #expect(strangers.wrongPerAlert?.low == 1 && strangers.twins == nil)
    claim.matedShare = 1
    claim.gallerySize = 1
    let only = try ClaimVerdict(claim).people[0].days[0]
    #expect(only.wrong.high == 0 && only.wrongPerRight?.high == 0)
  }
}
