// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Frames
import Testing

@Suite("Proportions")
struct ProportionTests {
  // From the closed form, evaluated independently with 50 digits.
  @Test(
    "Wilson intervals match known answers",
    arguments: [
      (0, 10, 0.0, 0.27753279), (1, 10, 0.01787621, 0.40415003), (5, 10, 0.23659309, 0.76340691),
      (10, 10, 0.72246721, 1.0), (10, 3_147_436, 0.00000173, 0.00000585),
    ])
  func wilson(count: Int, trials: Int, low: Double, high: Double) {
    let interval = Proportion(count, of: trials).interval
    #expect(abs(interval.lowerBound - low) < 1e-6)
    #expect(abs(interval.upperBound - high) < 1e-6)
  }

  @Test("The interval holds the rate and narrows with more trials")
  func nested() throws {
    var last = 2.0
    for trials in [4, 40, 400, 4_000] {
      let proportion = Proportion(trials / 4, of: trials)
      #expect(proportion.interval.contains(try #require(proportion.rate)))
      let width = proportion.interval.upperBound - proportion.interval.lowerBound
      #expect(width < last)
      last = width
    }
  }
}

@Suite("Scoring sightings against the truth")
struct SightingScoreTests {
  private func appearance(
    _ camera: String, _ identity: UInt64, from: Int64, to: Int64, marker: Double = 30,
    shown: Bool = true, delivered: Bool = true
  ) -> FrameSetTruth.Appearance {
    let frames = stride(from: from, through: to, by: 100).map { time in
      FrameSetTruth.Visible(
        seq: Int(time / 100), capturedAt: time, markerPixels: marker, shown: shown,
        delivered: delivered, box: [0, 0, marker, marker])
    }
    return .init(camera: camera, marker: Int(identity % 2_115), identity: identity, frames: frames)
  }

  /// One revision for each name, all with the best capture in `frame`.
  private func sighting(
    _ camera: String, _ names: UInt64?..., frame: Int
  ) -> ReportedSighting {
    ReportedSighting(
      id: "\(camera)-\(frame)", camera: camera,
      revisions: names.map { .init(frame: frame, identity: $0) })
  }

  private func score(
    _ sightings: [ReportedSighting], _ appearances: [FrameSetTruth.Appearance]
  ) -> SightingScore {
    SightingScore(
      sightings, truth: FrameSetTruth(appearances: appearances), gallerySize: 1_000,
      minimumMarker: 24)
  }

  @Test("A sighting of the right person at the right place and time is right")
  func right() {
    let score = score([sighting("a", 7, 7, frame: 3)], [appearance("a", 7, from: 0, to: 900)])
    #expect(score.right == 1 && score.wrong == 0 && score.missed == 0 && score.appearances == 1)
  }

  @Test("Another camera, another time or another name is wrong, and the appearance is missed")
  func wrong() {
    let there = [appearance("a", 7, from: 0, to: 900)]
    for bad in [
      sighting("b", 7, frame: 3), sighting("a", 7, frame: 10), sighting("a", 8, frame: 3),
    ] {
      let score = score([bad], there)
      #expect(score.right == 0 && score.wrong == 1 && score.missed == 1 && score.retracted == 0)
    }
  }

  @Test("A false alarm that is taken back, or named rightly later, was wrong all the same")
  func retracted() {
    let there = [appearance("a", 7, from: 0, to: 900)]
    let dropped = score([sighting("a", 8, nil, frame: 3)], there)
    #expect(dropped.wrong == 1 && dropped.retracted == 1 && dropped.missed == 1)
    let renamed = score([sighting("a", 8, 7, frame: 3)], there)
    #expect(renamed.wrong == 1 && renamed.retracted == 1 && renamed.right == 1)
  }

  @Test("A non-mated appearance that gets a name is wrong; one that gets none is nothing")
  func strangers() {
    let there = [appearance("a", 1 << 40, from: 0, to: 900, marker: 15)]
    let named = score([sighting("a", 5, frame: 3)], there)
    #expect(named.wrong == 1 && named.nonMated == 1 && named.appearances == 0)
    #expect(score([sighting("a", nil, frame: 3)], there).wrong == 0)
  }

  @Test("A second sighting of one pass is repeated, not right again")
  func repeated() {
    let score = score(
      [sighting("a", 7, frame: 1), sighting("a", 7, frame: 3)],
      [appearance("a", 7, from: 0, to: 900)])
    #expect(score.right == 1 && score.repeated == 1 && score.wrong == 0)
  }

  @Test("Small, hidden and undelivered appearances do not count as missed")
  func uncounted() {
    let score = score(
      [],
      [
        appearance("a", 1, from: 0, to: 900, marker: 23.9),
        appearance("a", 2, from: 0, to: 900, shown: false),
        appearance("a", 3, from: 0, to: 900, delivered: false),
      ])
    #expect(score.appearances == 0)
  }
}
