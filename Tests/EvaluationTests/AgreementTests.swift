// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Matching
import Testing

@Suite("Agreement with exact search")
struct AgreementTests {
  private func lists(_ all: [[(UInt64, Float)]]) -> CandidateLists {
    var lists = CandidateLists()
    for list in all { lists.append(list.map { Candidate(subject: $0.0, score: $0.1) }) }
    return lists
  }

  @Test("Exact search agrees with itself in everything there is to agree in")
  func itself() {
    let exact = lists([[(1, 0.7), (9, 0.5)], [(8, 0.4), (2, 0.3)], [(5, 0.6)], [(6, 0.2)], []])
    let agreement = Agreement(
      exact: exact, found: exact, mates: [1, 3, nil, nil, nil], threshold: 0.55)
    // The mate of the second is in no list: nothing to recall.
    #expect(agreement.mates == Proportion(1, of: 1))
    #expect(agreement.alarms == Proportion(1, of: 1))
    #expect(agreement.alarmCandidates == Proportion(1, of: 1))
    #expect(agreement.topOneMated == Proportion(2, of: 2))
    #expect(agreement.topOneNonMated == Proportion(2, of: 2))
  }

  @Test("Mates lost, mates found lower down, and mates that only the other list holds")
  func mates() {
    let exact = lists([
      [(1, 0.7), (9, 0.5)], [(2, 0.6), (9, 0.5)], [(9, 0.5), (3, 0.4)], [(9, 0.5)],
    ])
    let found = lists([
      [(9, 0.5)], [(9, 0.5), (2, 0.6)], [(9, 0.5), (3, 0.4)], [(9, 0.5), (4, 0.1)],
    ])
    let agreement = Agreement(exact: exact, found: found, mates: [1, 2, 3, 4], threshold: 0.5)
    #expect(agreement.mates == Proportion(2, of: 3))
    #expect(agreement.topOneMated == Proportion(2, of: 4))
    #expect(agreement.alarms.trials == 0 && agreement.topOneNonMated.trials == 0)
  }

  @Test("An alarm by somebody else is an alarm, but not that candidate")
  func alarms() {
    let exact = lists([
      [(1, 0.8), (2, 0.7), (3, 0.6)],  // all found
      [(1, 0.8), (2, 0.7)],  // the first lost
      [(1, 0.8)],  // lost, but another at the threshold
      [(1, 0.6)],  // lost: what is left is below
      [(1, 0.59)],  // no alarm
    ])
    let found = lists([
      [(1, 0.8), (2, 0.7), (3, 0.6)], [(2, 0.7)], [(7, 0.6)], [(7, 0.59)], [(1, 0.59)],
    ])
    let agreement = Agreement(
      exact: exact, found: found, mates: Array(repeating: nil, count: 5), threshold: 0.6)
    #expect(agreement.alarms == Proportion(3, of: 4))
    #expect(agreement.alarmCandidates == Proportion(4, of: 7))
    #expect(agreement.topOneNonMated == Proportion(2, of: 5))
    #expect(agreement.mates.trials == 0)
    #expect(agreement.mates.rate == nil && agreement.mates.interval == 0...1)
  }

  @Test("Losing more never raises a figure, and no search changes another's share")
  func monotone() {
    var exact = CandidateLists()
    for probe in 0..<12 {
      let best = 0.9 - 0.01 * Float(probe)
      exact.append((0..<5).map { Candidate(subject: $0, score: best - 0.1 * Float($0)) })
    }
    let mates: [UInt64?] = (0..<12).map { $0 % 2 == 0 ? UInt64($0 % 5) : nil }
    var last: Agreement?
    for lost in 0...60 {
      // Candidates are lost one after another, over all searches.
      var found = CandidateLists()
      for probe in 0..<12 {
        found.append(exact[probe].suffix(5 - min(5, (lost + 11 - probe) / 12)))
      }
      let next = Agreement(exact: exact, found: found, mates: mates, threshold: 0.6)
      if let last {
        for path in [
          \Agreement.mates, \.alarms, \.alarmCandidates, \.topOneMated, \.topOneNonMated,
        ] {
          #expect(next[keyPath: path].trials == last[keyPath: path].trials)
          #expect(next[keyPath: path].count <= last[keyPath: path].count)
        }
      }
      last = next
    }
    #expect(last?.mates.count == 0 && last?.alarms.count == 0)
  }
}
