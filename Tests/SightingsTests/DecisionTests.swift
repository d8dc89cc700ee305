// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Matching
import Sightings
import Testing

@Suite struct DecisionTests {
  let policy = DecisionPolicy(threshold: 0.5)

  private func list(_ pairs: (UInt64, Float)...) -> [Candidate] {
    pairs.map { Candidate(subject: $0.0, score: $0.1) }
  }

  @Test func `the fused score is the mean over the captures`() {
    let lists = [
      list((7, 0.75), (8, 0.25)), list((7, 0.5), (8, 0.25)), list((7, 0.25), (8, 0.125)),
    ]
    let decision = policy.decide(lists, searched: 3)
    #expect(decision.outcome == .alert)
    #expect(decision.best?.subject == 7 && decision.best?.score == 0.5)
    #expect(decision.candidates.map(\.isAboveThreshold) == [true, false])
  }

  @Test func `a subject that a list does not name counts with its last score`() {
    let lists = [list((7, 0.75), (8, 0.25)), list((7, 0.75), (9, 0.25)), list((8, 0.5), (9, 0.25))]
    let decision = policy.decide(lists, searched: 3)
    #expect(decision.best?.subject == 7)
    #expect(decision.best?.score == 0.583333)
    // Named by two lists, bounded by the last score of the second.
    #expect(decision.candidates.first { $0.subject == 8 }?.score == 0.333333)
  }

  /// The bound errs upwards only: cutting lists never hides what whole lists would have shown.
  @Test func `cutting the lists never lowers a candidate's score`() {
    var state: UInt64 = 1
    func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    for _ in 0..<200 {
      let whole = (0..<3).map { _ in
        (0..<20).map { Candidate(subject: $0, score: next()) }.sorted { $0.score > $1.score }
      }
      let all = DecisionPolicy(threshold: 0.5, listed: 20).decide(whole, searched: 3)
      let cut = policy.decide(whole.map { Array($0.prefix(6)) }, searched: 3)
      for candidate in cut.candidates {
        let truth = all.candidates.first { $0.subject == candidate.subject }?.score ?? 2
        #expect(candidate.score >= truth)
      }
    }
  }

  @Test func `one lucky search is no alert`() {
    let lists = [list((7, 0.99), (8, 0.6)), list((9, 0.7), (8, 0.6)), list((6, 0.7), (5, 0.6))]
    let decision = policy.decide(lists, searched: 3)
    #expect(decision.candidates.map(\.subject) == [8])
  }

  @Test func `the threshold itself is an alert, and a hair below it is not`() {
    #expect(policy.decide([list((7, 0.5)), list((7, 0.5))], searched: 2).outcome == .alert)
    #expect(policy.decide([list((7, 0.5)), list((7, 0.4999))], searched: 2).outcome == .noMatch)
    // Published with six decimals, these are the threshold, so they are decided as such.
    let hair = policy.decide([list((7, 0.5)), list((7, 0.4999998))], searched: 2)
    #expect(hair.outcome == .alert && hair.best?.score == 0.5)
  }

  @Test func `too few searches decide nothing`() {
    #expect(policy.decide([], searched: 0).outcome == .lowQuality)
    let one = policy.decide([list((7, 0.9))], searched: 1)
    #expect(one.outcome == .lowQuality && one.best?.isAboveThreshold == true)
  }

  @Test func `equal scores go by subject, and the list is cut`() {
    let long = (0..<20).map { Candidate(subject: UInt64(19 - $0), score: 0.25) }
    let decision = policy.decide([long, long, long], searched: 3)
    #expect(decision.candidates.map(\.subject) == [0, 1, 2, 3, 4])
  }
}
