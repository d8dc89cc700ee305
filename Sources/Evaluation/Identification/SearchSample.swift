// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// The outcomes of a point's searches as the columns that figures are counted from.
package struct SearchSample: Sendable {
  /// Where nothing scored: below every threshold.
  package static let nothing = -Float.infinity

  /// Mated searches: all, failed ones too.
  package private(set) var mated = 0
  package private(set) var nonMated = 0
  package private(set) var failedMated = 0
  package private(set) var failedNonMated = 0
  /// Of every mated search: the mate's true score.
  package private(set) var mateScores: [Float] = []
  /// Of every mated search: the mate's rank; `Int.max` where it is not in the list.
  package private(set) var ranks: [Int] = []
  /// Of every mated search: the mate's score where it is at rank 1, and where it is in the list.
  package private(set) var firstScores: [Float] = []
  package private(set) var listedScores: [Float] = []
  /// Of every mated search: whether the matcher lost the mate.
  package private(set) var lost: [Bool] = []
  package private(set) var rankTies = 0
  /// Mated searches whose mate the list should hold by its true score.
  package private(set) var expectedMates = 0
  /// Of every non-mated search: the best score. This, and not the scores of pairs, is what alarms.
  package private(set) var alarmScores: [Float] = []
  /// Of every non-mated search: all scores of the list, falling; and whether the list is full.
  package private(set) var alarmLists: [[Float]] = []
  private let room: Int

  /// - Parameter room: length of a list of which nothing is missing: k, or the whole gallery.
  package init(_ outcomes: [SearchOutcome], room: Int) {
    self.room = room
    for outcome in outcomes {
      if outcome.isMated { addMated(outcome) } else { addNonMated(outcome) }
    }
  }

  private mutating func addMated(_ outcome: SearchOutcome) {
    mated += 1
    if outcome.failed { failedMated += 1 }
    let score = (outcome.failed ? nil : outcome.score) ?? Self.nothing
    let rank = outcome.failed ? nil : outcome.rank
    let isLost = outcome.isLost(room: room)
    mateScores.append(score)
    ranks.append(rank ?? .max)
    firstScores.append(rank == 1 ? score : Self.nothing)
    listedScores.append(rank != nil ? score : Self.nothing)
    lost.append(isLost)
    if isLost || rank != nil { expectedMates += 1 }
    if !outcome.failed, outcome.ties > 0 { rankTies += 1 }
  }

  private mutating func addNonMated(_ outcome: SearchOutcome) {
    nonMated += 1
    if outcome.failed { failedNonMated += 1 }
    let scores = outcome.failed ? [] : outcome.candidates.map(\.score)
    alarmScores.append(scores.first ?? Self.nothing)
    alarmLists.append(scores)
  }

  /// The scores of mates as toolkits for verification take them: -1, the least there is, where the
  /// capture failed.
  package var genuineScores: [Float] { mateScores.map { max($0, -1) } }
  /// The best scores of non-mated searches likewise.
  package var impostorScores: [Float] { alarmScores.map { max($0, -1) } }

  /// Non-mated searches with one candidate or more at `threshold` or above: each counts once.
  package func alarms(at threshold: Float) -> Int { alarmScores.count { $0 >= threshold } }

  /// Mated searches that do not return the mate first and at `threshold` or above.
  package func misses(at threshold: Float) -> Int { firstScores.count { !($0 >= threshold) } }

  /// Mated searches that do not return the mate at `threshold` or above anywhere in the list.
  package func missesInList(at threshold: Float) -> Int {
    listedScores.count { !($0 >= threshold) }
  }

  /// Mated searches without the mate among the first `rank` candidates.
  package func misses(beyond rank: Int) -> Int { ranks.count { $0 > rank } }

  /// Candidates at `threshold` or above, of every non-mated search.
  package func candidates(at threshold: Float) -> [Int] {
    alarmLists.map { list in list.count { $0 >= threshold } }
  }

  /// Non-mated searches whose full list ends at `threshold` or above, so that more may have been cut off.
  package func fullLists(at threshold: Float, gallerySize: Int) -> Int {
    guard room < gallerySize else { return 0 }
    return alarmLists.count { $0.count >= room && ($0.last ?? Self.nothing) >= threshold }
  }

  /// Why searches missed at `threshold`, rank 1.
  package func causes(at threshold: Float) -> AccuracyResult.MissCauses {
    var causes = AccuracyResult.MissCauses()
    for index in ranks.indices where !(firstScores[index] >= threshold) {
      if mateScores[index] == Self.nothing {
        causes.failed += 1
      } else if mateScores[index] < threshold {
        causes.belowThreshold += 1
      } else if lost[index] {
        causes.lost += 1
      } else {
        causes.outranked += 1
      }
    }
    return causes
  }

  /// The smallest threshold at which at most `fpir` of all non-mated searches alarm, and how many searches
  /// are tied at the score just below it.
  ///
  /// With m = floor(n x fpir) alarms allowed, that is just above the score number m + 1. O(n log n).
  package func threshold(fpir: Double) -> (value: Float, tiesBelow: Int) {
    let sorted = alarmScores.sorted(by: >)
    return Self.threshold(fpir: fpir, sorted: sorted)
  }

  /// The same for scores that fall.
  static func threshold(fpir: Double, sorted: [Float]) -> (value: Float, tiesBelow: Int) {
    let allowed = Int((fpir * Double(sorted.count) + 1e-9).rounded(.down))
    guard allowed < sorted.count, sorted[allowed] > nothing else { return (-1, 0) }
    let next = sorted[allowed]
    return (next.nextUp, sorted.count { $0 == next })
  }
}
