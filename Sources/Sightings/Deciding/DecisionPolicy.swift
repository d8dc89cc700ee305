// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Matching

/// How the searches of a track become one decision.
///
/// A subject's *fused score* is the mean of its scores over the best captures by quality. Two rules make
/// it sound although each list is cut off after k candidates:
///
/// - A subject that a list does not name counts there with the list's last score. It cannot have scored
///   more, so the cut never hides an alert that whole lists would have raised, and the fused score
///   errs upwards by at most (last score - true score) / captures for each such list.
/// - Only a subject named by at least `minimumCaptures` of the lists (or by all of fewer) is a candidate
///   at all, so no alert rests on bounds alone.
///
/// What this is not: a number of independent searches. Precomputed embeddings are one a quality tier, so
/// captures of one tier are the same search again, and fusion averages over tiers only. And the
/// decision is taken anew with every capture. A track's false-positive rate is therefore not the
/// search's, but between that and the number of tiers times it.
///
/// Scores and threshold are compared after rounding to six decimals, as they are published, so that an
/// event never contradicts itself.
package struct DecisionPolicy: Hashable, Sendable {
  /// The least fused score that is an alert, in the matcher's metric.
  package let threshold: Double
  /// How many of the best captures are fused.
  package let captures: Int
  /// With fewer searched captures than this there is no decision but `low_quality`.
  package let minimumCaptures: Int
  /// How many candidates a decision lists at most.
  package let listed: Int

  package init(threshold: Double, captures: Int = 3, minimumCaptures: Int = 2, listed: Int = 5) {
    precondition(
      minimumCaptures >= 1 && captures >= minimumCaptures && listed >= 1,
      "a decision needs 1 <= minimumCaptures <= captures and a candidate to list")
    self.threshold = threshold.rounded(places: 6)
    self.captures = captures
    self.minimumCaptures = minimumCaptures
    self.listed = listed
  }

  /// The rule as events name it.
  package var rule: String { "mean_best_\(captures)_by_quality_min_\(minimumCaptures)" }

  /// Decides over the lists of the best captures; `searched` counts all captures of the track that were
  /// searched, used or not. O(c k log(c k)) for c lists of k candidates.
  package func decide(_ lists: [[Candidate]], searched: Int) -> Decision {
    let lists = lists.contains(where: \.isEmpty) ? lists.filter { !$0.isEmpty } : lists
    let needed = min(minimumCaptures, lists.count)
    // All entries by subject, then by list: those of one subject stand together.
    var named: [(subject: UInt64, list: Int, score: Float)] = []
    named.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    for (index, list) in lists.enumerated() {
      for candidate in list { named.append((candidate.subject, index, candidate.score)) }
    }
    named.sort { ($0.subject, $0.list) < ($1.subject, $1.list) }
    var fused: [Decision.Ranked] = []
    fused.reserveCapacity(listed)
    var start = 0
    while start < named.count {
      let subject = named[start].subject
      var end = start
      while end < named.count, named[end].subject == subject { end += 1 }
      if end - start >= needed {
        var sum = 0.0
        var next = start
        for index in lists.indices {
          if next < end, named[next].list == index {
            sum += Double(named[next].score)
            next += 1
          } else {
            sum += Double(lists[index][lists[index].count - 1].score)
          }
        }
        let score = (sum / Double(lists.count)).rounded(places: 6)
        fused.append(
          Decision.Ranked(subject: subject, score: score, isAboveThreshold: score >= threshold))
      }
      start = end
    }
    fused.sort { $0.score != $1.score ? $0.score > $1.score : $0.subject < $1.subject }
    let outcome: Decision.Outcome =
      if searched < minimumCaptures || lists.count < minimumCaptures {
        .lowQuality
      } else {
        fused.first?.isAboveThreshold == true ? .alert : .noMatch
      }
    if fused.count > listed { fused.removeSubrange(listed...) }
    return Decision(outcome: outcome, candidates: fused)
  }
}
