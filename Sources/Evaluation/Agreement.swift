// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Matching

/// How much of what exact search finds another matcher finds, over searches with known truth.
///
/// Mates and alarms are told apart, since a matcher can hold nearly all mates, which stand out, and lose
/// alarms, which do not. Each figure is a count of trials: its interval is Wilson's.
package struct Agreement: Hashable, Sendable, Codable {
  /// Mate recall: of the mated searches whose mate is in the exact list, those whose mate is in the other
  /// list.
  package let mates: Proportion
  /// False-alarm recall: of the non-mated searches whose best exact candidate is at the threshold or
  /// above, those in which the other matcher reports a candidate there, whoever it is. What FPIR counts.
  package let alarms: Proportion
  /// Of the exact candidates of non-mated searches at the threshold or above, those whom the other matcher
  /// reports there. What selectivity counts; of a longer crowd than the exact list only its best k.
  package let alarmCandidates: Proportion
  /// Mated searches with the same first candidate, of those with any.
  package let topOneMated: Proportion
  /// Non-mated searches with the same first candidate, of those with any.
  package let topOneNonMated: Proportion

  /// Compares `found` with `exact`, lists of the same probes in the same order.
  ///
  /// - Parameters:
  ///   - mates: who each probe shows; `nil` for a stranger.
  ///   - threshold: the score from which on a candidate is an alarm.
  package init(
    exact: CandidateLists, found: CandidateLists, mates: [UInt64?], threshold: Float
  ) {
    precondition(
      exact.count == mates.count && found.count == mates.count, "lists are of the same probes")
    precondition(exact.isComplete, "only complete lists are the truth")
    var mated = Tally()
    var alarms = Tally()
    var candidates = Tally()
    var tops = (mated: Tally(), nonMated: Tally())
    for (probe, mate) in mates.enumerated() {
      let (truth, other) = (exact[probe], found[probe])
      let top = truth.first.map { $0.subject == other.first?.subject }
      guard let mate else {
        tops.nonMated.add(top)
        let reported = Set(other.filter { $0.score >= threshold }.map(\.subject))
        let expected = truth.prefix { $0.score >= threshold }
        alarms.add(expected.isEmpty ? nil : !reported.isEmpty)
        for candidate in expected { candidates.add(reported.contains(candidate.subject)) }
        continue
      }
      tops.mated.add(top)
      mated.add(
        truth.contains { $0.subject == mate } ? other.contains { $0.subject == mate } : nil)
    }
    self.mates = mated.proportion
    self.alarms = alarms.proportion
    alarmCandidates = candidates.proportion
    topOneMated = tops.mated.proportion
    topOneNonMated = tops.nonMated.proportion
  }
}

private struct Tally {
  var count = 0
  var trials = 0

  /// Counts a trial that came out so; `nil` is none.
  mutating func add(_ outcome: Bool?) {
    guard let outcome else { return }
    trials += 1
    if outcome { count += 1 }
  }

  var proportion: Proportion { Proportion(count, of: trials) }
}
