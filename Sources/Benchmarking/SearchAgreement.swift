// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
package import Matching

/// How far a matcher's lists agree with those of exact search on the same probes.
package struct SearchAgreement: Encodable, Hashable, Sendable {
  /// Of the mates that exact search lists: those this matcher lists.
  package let mates: Proportion
  /// Of the alarms, candidates at or above `threshold` that are nobody's mate: those this one lists.
  package let alarms: Proportion
  /// Of all probes: those whose first candidate is the same, or none in both.
  package let first: Proportion
  /// The cosine from which a candidate is an alarm.
  package let threshold: Double

  /// Whether nothing at all was missed.
  package var isPerfect: Bool {
    mates.count == mates.trials && alarms.count == alarms.trials && first.count == first.trials
  }

  package init(mates: Proportion, alarms: Proportion, first: Proportion, threshold: Double) {
    self.mates = mates
    self.alarms = alarms
    self.first = first
    self.threshold = threshold
  }

  /// Compares the lists of every probe of `pool`. O(probes x k).
  package init(
    of lists: CandidateLists, reference: CandidateLists, pool: ProbePool, threshold: Double
  ) {
    precondition(
      lists.count == pool.count && reference.count == pool.count, "a list for every probe")
    var (mates, alarms, first) = ((0, 0), (0, 0), 0)
    for probe in 0..<pool.count {
      if lists[probe].first?.subject == reference[probe].first?.subject { first += 1 }
      guard let mate = pool.mates[probe],
        reference[probe].contains(where: { $0.subject == mate })
      else { continue }
      mates.1 += 1
      if lists[probe].contains(where: { $0.subject == mate }) { mates.0 += 1 }
    }
    for probe in pool.alarmProbes {
      let found = Set(lists[probe].map(\.subject))
      for candidate in reference[probe]
      where Double(candidate.score) >= threshold && candidate.subject != pool.mates[probe] {
        alarms.1 += 1
        if found.contains(candidate.subject) { alarms.0 += 1 }
      }
    }
    self.mates = Proportion(mates.0, of: mates.1)
    self.alarms = Proportion(alarms.0, of: alarms.1)
    self.first = Proportion(first, of: pool.count)
    self.threshold = threshold
  }

  /// The pool's threshold, or the cosine that the best candidate who is not the mate reaches in a share
  /// `fpir` of the reference's searches.
  package static func threshold(
    _ pool: ProbePool, reference: CandidateLists, fpir: Double
  ) -> Double {
    if let known = pool.threshold { return known }
    let best = pool.alarmProbes.compactMap { probe in
      reference[probe].first { $0.subject != pool.mates[probe] }?.score
    }.sorted(by: >)
    guard !best.isEmpty else { return 1 }
    let rank = Int((fpir * Double(best.count)).rounded(.up))
    return Double(best[min(max(rank, 1), best.count) - 1])
  }

  private enum CodingKeys: String, CodingKey { case mates, alarms, first, threshold }

  /// Each share with its count, trials and interval.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Share(mates), forKey: .mates)
    try container.encode(Share(alarms), forKey: .alarms)
    try container.encode(Share(first), forKey: .first)
    try container.encode(threshold, forKey: .threshold)
  }

  private struct Share: Encodable {
    let count: Int
    let trials: Int
    let rate: Double?
    let interval95: [Double]

    init(_ proportion: Proportion) {
      count = proportion.count
      trials = proportion.trials
      rate = proportion.rate
      interval95 = [proportion.interval.lowerBound, proportion.interval.upperBound]
    }
  }
}
