// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Matching
import Testing

/// Five mated and eight non-mated searches in a gallery of four, lists of three, counted by hand.
enum HandExample {
  private static func list(_ scores: [(UInt64, Float)]) -> [Candidate] {
    scores.map { Candidate(subject: $0.0, score: $0.1) }
  }

  private static func mated(
    _ subject: UInt64, _ score: Float?, _ scores: [(UInt64, Float)]
  ) -> SearchOutcome {
    SearchOutcome(
      subject: subject, isMated: true, failed: score == nil, mateScore: score,
      candidates: list(scores))
  }

  private static func stranger(_ scores: [Float], failed: Bool = false) -> SearchOutcome {
    SearchOutcome(
      subject: 1 << 40, isMated: false, failed: failed, mateScore: nil,
      candidates: list(scores.enumerated().map { (UInt64($0.offset), $0.element) }))
  }

  static let outcomes = [
    mated(0, 0.70, [(0, 0.70), (1, 0.40), (2, 0.30)]),  // first
    mated(1, 0.50, [(1, 0.50), (3, 0.35), (0, 0.10)]),  // first
    mated(2, 0.45, [(3, 0.48), (2, 0.45), (0, 0.20)]),  // second
    mated(3, nil, []),  // failed capture
    mated(3, 0.60, [(0, 0.60), (3, 0.60), (1, 0.20)]),  // ties with a non-mate: second
    stranger([0.52, 0.47, 0.41]), stranger([0.44, 0.43, 0.20]), stranger([0.44, 0.10, 0.05]),
    stranger([0.38, 0.01, 0.00]), stranger([0.30, 0.20, 0.10]), stranger([0.25, 0.20, 0.10]),
    stranger([0.20, 0.15, 0.10]), stranger([], failed: true),
  ]

  static let sample = SearchSample(outcomes, room: 3)
}

@Suite("Figures of identification, on paper")
struct IdentificationFigureTests {
  private let sample = HandExample.sample

  @Test("FPIR counts non-mated searches with one alarm or more, not alarms")
  func fpir() {
    // At .40: searches 1 (three candidates), 2 (two) and 3 (one) alarm: 3 of 8.
    #expect(sample.nonMated == 8)
    #expect(sample.alarms(at: 0.40) == 3)
    // At .45 only search 1; at .44 itself the two tied there too.
    #expect(sample.alarms(at: 0.45) == 1)
    #expect(sample.alarms(at: 0.44) == 3)
    // The failed capture alarms at no threshold, however low.
    #expect(sample.alarms(at: -1) == 7)
  }

  @Test("Selectivity counts candidates: 3 + 2 + 1 of 8 searches at .40 make .75, twice the FPIR")
  func selectivity() {
    #expect(sample.candidates(at: 0.40) == [3, 2, 1, 0, 0, 0, 0, 0])
    // Only search 1 has its whole list of three at .40: a fourth may have been cut off.
    #expect(sample.fullLists(at: 0.40, gallerySize: 4) == 1)
    // A list as long as the gallery cuts nothing off.
    #expect(sample.fullLists(at: 0.40, gallerySize: 3) == 0)
  }

  @Test("Rank-1 miss: second, failed and tied miss, 3 of 5; rank 2 leaves the failed one, 1 of 5")
  func ranks() {
    #expect(sample.mated == 5)
    #expect(sample.misses(beyond: 1) == 3)
    #expect(sample.misses(beyond: 2) == 1)
    #expect(sample.misses(beyond: 3) == 1)
    #expect(sample.rankTies == 1)
    #expect(sample.failedMated == 1)
  }

  @Test("FNIR at .49: rank 1 misses 3 of 5, anywhere in the list 2 of 5")
  func fnir() {
    // R = 1: .70 and .50 are found. R = k: the tied mate's .60 is in the list as well.
    #expect(sample.misses(at: 0.49) == 3)
    #expect(sample.missesInList(at: 0.49) == 2)
    // .45 is below .49; the failed one has no score; the tied one is outranked.
    let causes = sample.causes(at: 0.49)
    #expect(causes.belowThreshold == 1 && causes.failed == 1)
    #expect(causes.outranked == 1 && causes.lost == 0)
    // At -1 nothing is below: FNIR is then the rank-1 miss rate.
    #expect(sample.misses(at: -1) == sample.misses(beyond: 1))
  }

  @Test("The threshold is just above the first alarm too many, and ties there are told")
  func thresholds() {
    // 3 of 8 may alarm at .375: .52, .44, .44; the next is .38.
    let loose = sample.threshold(fpir: 0.375)
    #expect(loose.value == Float(0.38).nextUp && loose.tiesBelow == 1)
    #expect(sample.alarms(at: loose.value) == 3)
    // 2 of 8 may alarm at .25, but the second and third tie at .44: only 1 does.
    let tied = sample.threshold(fpir: 0.25)
    #expect(tied.value == Float(0.44).nextUp && tied.tiesBelow == 2)
    #expect(sample.alarms(at: tied.value) == 1)
    // All 7 with a score may alarm: any threshold will do.
    #expect(sample.threshold(fpir: 0.9).value == -1)
    // None may: above the best of all.
    #expect(sample.threshold(fpir: 0.1).value == Float(0.52).nextUp)
  }

  @Test("The threshold is the smallest with FPIR at most the target", arguments: 0..<20)
  func smallest(_ seed: Int) {
    var state = UInt64(seed) &* 977 &+ 5
    let outcomes = (0..<97).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Few different scores, so that ties are common.
      let score = Float(state >> 40 & 31) / 32
      return SearchOutcome(
        subject: 1 << 40, isMated: false, failed: false, mateScore: nil,
        candidates: [Candidate(subject: 0, score: score)])
    }
    let sample = SearchSample(outcomes, room: 1)
    for target in [0.04, 0.1, 0.33, 0.5, 0.9] {
      let threshold = sample.threshold(fpir: target).value
      #expect(Double(sample.alarms(at: threshold)) <= target * 97)
      if threshold > -1 {
        #expect(Double(sample.alarms(at: threshold.nextDown)) > target * 97)
      }
    }
  }

  @Test("A mate that its score puts in the list and the matcher does not is lost")
  func lost() {
    func outcome(_ score: Float, _ others: [Float]) -> SearchOutcome {
      SearchOutcome(
        subject: 9, isMated: true, failed: false, mateScore: score,
        candidates: others.enumerated().map {
          Candidate(subject: UInt64($0.offset), score: $0.element)
        })
    }
    #expect(outcome(0.5, [0.6, 0.4]).isLost(room: 2))
    #expect(!outcome(0.3, [0.6, 0.4]).isLost(room: 2))
    // A list with room to spare should hold everybody.
    #expect(outcome(0.3, [0.6, 0.4]).isLost(room: 3))
    let sample = SearchSample([outcome(0.5, [0.6, 0.4]), outcome(0.5, [0.3])], room: 2)
    #expect(sample.lost == [true, true])
    #expect(sample.expectedMates == 2)
    #expect(sample.causes(at: 0.45).lost == 2)
  }

  @Test("Equal scores everywhere: FNIR is 1, and nothing is NaN")
  func allTied() {
    let tied = (0..<40).map { index in
      SearchOutcome(
        subject: index < 20 ? 1 : 1 << 40, isMated: index < 20, failed: false,
        mateScore: index < 20 ? 0.5 : nil,
        candidates: [Candidate(subject: 0, score: 0.5), Candidate(subject: 1, score: 0.5)])
    }
    let sample = SearchSample(tied, room: 2)
    let threshold = sample.threshold(fpir: 0.1)
    #expect(threshold.tiesBelow == 20)
    #expect(sample.alarms(at: threshold.value) == 0)
    #expect(sample.misses(at: threshold.value) == 20)
  }
}

@Suite("The pooled-impostor mistake")
struct PooledImpostorTests {
  /// What some evaluation scripts do: all scores of all pairs that are not mates in one heap.
  private func pooledScores(_ outcomes: [SearchOutcome]) -> [Float] {
    outcomes.flatMap { outcome in
      outcome.candidates.filter { !outcome.isMated || $0.subject != outcome.subject }.map(\.score)
    }
  }

  @Test("On paper: by pairs 3 alarms of 8 searches become 6 of 32, by queries 9 of 13")
  func onPaper() {
    let outcomes = HandExample.outcomes
    let alarmsOfStrangers = outcomes.filter { !$0.isMated }
      .flatMap(\.candidates).filter { $0.score >= 0.40 }.count
    // Six candidates at .40 among 8 searches x 4 templates: .1875 looks half as bad as FPIR .375.
    #expect(Double(alarmsOfStrangers) / 32 == 0.1875)
    // With the non-mates of mated probes in the heap (.40, .48, .60) and all 13 queries below: 9 / 13.
    let pooled = pooledScores(outcomes).filter { $0 >= 0.40 }.count
    #expect(pooled == 9)
    #expect(Double(HandExample.sample.alarms(at: 0.40)) / 8 == 0.375)
  }

  @Test("A threshold set on pooled pairs alarms far more often than it claims; ours does not")
  func atScale() throws {
    // 1,000 non-mated searches of 200 templates: a hub's probe alarms many times, others never.
    var state: UInt64 = 42
    func uniform() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    let outcomes = (0..<1_000).map { _ -> SearchOutcome in
      let hub = 0.3 * uniform()
      let scores = (0..<200).map { _ in hub + 0.5 * uniform() * uniform() }.sorted(by: >)
      return SearchOutcome(
        subject: 1 << 40, isMated: false, failed: false, mateScore: nil,
        candidates: scores.enumerated().map {
          Candidate(subject: UInt64($0.offset), score: $0.element)
        })
    }
    let sample = SearchSample(outcomes, room: 200)
    let pooled = pooledScores(outcomes).sorted(by: >)
    // "FPIR .01" by pairs: one pair in a hundred at or above.
    let wrong = pooled[pooled.count / 100]
    #expect(Double(sample.alarms(at: wrong)) / 1_000 > 0.1)
    let right = sample.threshold(fpir: 0.01).value
    #expect(sample.alarms(at: right) == 10)
    #expect(right > wrong)
  }
}
