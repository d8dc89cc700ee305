// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Population
import Testing

@Suite("Alarms at relatives")
struct RelativeAlarmTests {
  private let model = Population(seed: 1).impostors
  private let relatives = Relatives(population: 1_300_000_000)

  private func rate(_ threshold: Double, _ kind: Kinship, _ line: QualityLine?) -> Double {
    model.relativeScoreRate(threshold: threshold, kind: kind, relatives: relatives, line: line)
  }

  @Test(
    "Shares above T(FMR 1e-4), line C",
    arguments: [
      (Kinship.identicalTwin, 0.954), (.sameSexTwin, 0.731), (.sibling, 0.314),
      (.differentSexTwin, 0.034),
    ])
  func shares(_ kind: Kinship, _ expected: Double) {
    #expect(near(rate(0.342, kind, .c), expected, 0.003))
  }

  @Test(
    "Identical twins pass rarely at the thresholds of large galleries",
    arguments: [(0.5416, 0.2185), (0.5887, 0.0730), (0.6067, 0.0413), (0.6472, 0.0063)])
  func twins(_ threshold: Double, _ expected: Double) {
    #expect(near(rate(threshold, .identicalTwin, .c), expected, 0.02 * expected))
  }

  @Test("A better line shows more of the twin; an enrolled photo shows all")
  func lines() {
    let twin = { (line: QualityLine?) in rate(0.5887, .identicalTwin, line) }
    #expect(twin(.c) < twin(.a))
    #expect(twin(.a) < 0.2)
    #expect(twin(nil) > 0.9)
  }

  @Test("Pairs drawn by the generator score as the closed form says")
  func drawn() throws {
    var description = PopulationDescription(seed: 1)
    description.relatives = Relatives(
      population: 80_000, identicalTwins: 0.25, sameSexTwins: 0.25, differentSexTwins: 0.25,
      siblings: 0.25)
    let population = try Population(description)
    let thresholds = [0.342, 0.41, 0.475]
    var pairs: [Kinship: Int] = [:]
    var passed: [Kinship: [Int]] = [:]
    for identity in 0..<80_000 as Range<UInt64> {
      guard let relative = population.relatives(of: identity).first else { continue }
      pairs[relative.kind, default: 0] += 1
      let capture = population.capture(identity, .c)
      guard capture.cosine != nil else { continue }
      let score = dot(capture.row, population.template(relative.identity))
      for (index, threshold) in thresholds.enumerated() where score >= threshold {
        passed[relative.kind, default: [0, 0, 0]][index] += 1
      }
    }
    for kind in Kinship.allCases {
      let count = Double(try #require(pairs[kind]))
      #expect(count > 19_000)
      for (index, threshold) in thresholds.enumerated() {
        let expected = rate(threshold, kind, .c)
        let found = Double(passed[kind]?[index] ?? 0) / count
        // Four standard deviations; pairs count twice, once each way round.
        let deviation = (2 * expected * (1 - expected) / count).squareRoot()
        #expect(near(found, expected, 4 * deviation), "\(kind) at \(threshold)")
      }
    }
  }

  @Test("What twins add to FPIR goes with prevalence and coverage")
  func added() {
    let added = { (size: Int) in
      model.relativeAlarms(
        threshold: 0.5887, gallerySize: size, kind: .identicalTwin, relatives: relatives, line: .c)
    }
    #expect(near(added(1_300_000_000), 5.5e-4, 1e-5))
    #expect(near(added(130_000_000), 5.5e-5, 1e-6))
  }
}
