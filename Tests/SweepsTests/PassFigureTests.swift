// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Frames
import Matching
import Sweeps
import Testing

@Suite("What became of every pass")
struct PassFigureTests {
  private func appearance(
    _ identity: UInt64, marker: Int, shown: [Bool] = [true, true], delivered: Bool = true
  ) -> FrameSetTruth.Appearance {
    .init(
      camera: "cam-01", marker: marker, identity: identity,
      frames: shown.enumerated().map { index, shown in
        .init(
          seq: 10 * marker + index, capturedAt: 0, markerPixels: 30, shown: shown,
          delivered: delivered, box: [0, 0, 30, 30])
      })
  }

  private func key(_ marker: Int, _ frame: Int) -> LoggedCapture.Key {
    .init(camera: "cam-01", sequence: 10 * marker + frame, marker: marker)
  }

  private func searched(_ list: [(UInt64, Float)]) -> LoggedCapture {
    .init(isEmbedded: true, candidates: list.map { .init(subject: $0.0, score: $0.1) })
  }

  private func sighting(_ id: String, _ frame: Int, _ identity: UInt64?) -> ReportedSighting {
    .init(id: id, camera: "cam-01", revisions: [.init(frame: frame, identity: identity)])
  }

  private func figures(
    _ passes: [FrameSetTruth.Appearance], _ captures: [LoggedCapture.Key: LoggedCapture],
    _ sightings: [ReportedSighting] = []
  ) -> PassFigures {
    PassFigures(
      truth: FrameSetTruth(appearances: passes), captures: captures, sightings: sightings,
      gallerySize: 100, threshold: 0.5, searchFPIR: 0.01, tiers: 3)
  }

  @Test("Each way to be missed is told by the first thing that went wrong")
  func causes() {
    let passes = (1...6).map { appearance(UInt64($0), marker: $0) }
    let below = LoggedCapture(isEmbedded: false, candidates: [])
    let found = figures(
      passes,
      [
        // 1 in no frame; 2 too poor; 3 searched below T; 4 behind another; 5 first, not decided; 6 named.
        key(2, 0): below, key(2, 1): below,
        key(3, 0): searched([(3, 0.49), (9, 0.3)]), key(3, 1): below,
        key(4, 0): searched([(9, 0.7), (4, 0.6)]),
        key(5, 0): searched([(5, 0.9)]), key(5, 1): searched([(9, 0.4)]),
        key(6, 0): searched([(6, 0.9)]), key(6, 1): searched([(6, 0.9)]),
      ], [sighting("a", 60, 6)])
    #expect(found.mated == 6 && found.nonMated == 0)
    #expect(found.missed.count == 5 && found.missed.trials == 6)
    let misses = found.misses
    #expect(
      [
        misses.notLocated, misses.notExtracted, misses.belowThreshold, misses.outranked,
        misses.undecided,
      ] == [1, 1, 1, 1, 1])
    #expect(found.located.count == 5 && found.located.trials == 6)
    #expect(found.capturesLocated.count == 9 && found.capturesLocated.trials == 12)
    #expect(found.capturesExtracted.count == 6 && found.capturesExtracted.trials == 9)
  }

  @Test("A threshold counts as events round it: to six decimals")
  func rounding() {
    let one = [appearance(1, marker: 1)]
    let undecided = figures(one, [key(1, 0): searched([(1, 0.499_999_7)])])
    #expect(undecided.misses.undecided == 1)
    let below = figures(one, [key(1, 0): searched([(1, 0.499_998)])])
    #expect(below.misses.belowThreshold == 1)
  }

  @Test(
    "Strangers, passes nobody could see and lost frames are no misses; wrong names are of all alerts"
  )
  func others() {
    let passes = [
      appearance(1, marker: 1), appearance(1 << 40, marker: 2),
      appearance(3, marker: 3, shown: [false, false]),
      appearance(4, marker: 4, delivered: false),
    ]
    let found = figures(
      passes, [key(1, 0): searched([(1, 0.8)]), key(2, 0): searched([(7, 0.8)])],
      [sighting("a", 10, 1), sighting("b", 20, 7), sighting("c", 20, nil)])
    #expect(found.mated == 1 && found.nonMated == 1 && found.missed.count == 0)
    #expect(found.wrong.count == 1 && found.wrong.trials == 2)
    #expect(found.located.trials == 2)
    #expect(abs(found.expectedWrong[0] - 0.01) < 1e-12)
    #expect(abs(found.expectedWrong[1] - 0.03) < 1e-12)
  }

  @Test(
    "A capture rate's interval holds the rate, is never narrower than Wilson's, and grows with clumping"
  )
  func intervals() {
    for passes in [
      [(5, 5), (4, 4)], [(0, 3), (0, 9)], [(1, 2)], [(3, 9), (9, 9), (0, 1), (2, 4)], [],
    ] {
      let rate = PassFigures.CaptureRate(passes.map { (count: $0.0, trials: $0.1) })
      let wilson = Proportion(rate.count, of: rate.trials).interval
      #expect(rate.low <= wilson.lowerBound && rate.high >= wilson.upperBound)
      if let value = rate.rate { #expect((rate.low...rate.high).contains(value)) }
    }
    let even = PassFigures.CaptureRate((0..<40).map { _ in (count: 5, trials: 10) })
    let clumped = PassFigures.CaptureRate(
      (0..<40).map { (count: $0 % 2 == 0 ? 10 : 0, trials: 10) })
    #expect(even.rate == clumped.rate)
    #expect(clumped.high - clumped.low > 1.5 * (even.high - even.low))
  }
}

@Suite("Pareto fronts")
struct ParetoFrontTests {
  @Test("Who is on the front is beaten by nobody; who is not, by somebody on it")
  func property() {
    var random = SystemRandomNumberGenerator()
    for size in [0, 1, 2, 7, 30] {
      let all = (0..<size).map { _ in
        (
          cost: Double(Int.random(in: 0...6, using: &random)),
          error: Double(Int.random(in: 0...6, using: &random))
        )
      }
      let front = ParetoFront.indices(all)
      let beats = { (a: (cost: Double, error: Double), b: (cost: Double, error: Double)) in
        a.cost <= b.cost && a.error <= b.error && (a.cost < b.cost || a.error < b.error)
      }
      for index in all.indices {
        let beaten = all.contains { beats($0, all[index]) }
        #expect(front.contains(index) == !beaten, "\(all)")
        if beaten { #expect(front.contains { beats(all[$0], all[index]) }, "\(all)") }
      }
      #expect(size == 0 || !front.isEmpty)
    }
  }
}
