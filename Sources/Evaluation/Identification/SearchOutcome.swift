// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Matching

/// What one labelled search gave.
package struct SearchOutcome: Hashable, Sendable {
  /// Whom the probe showed.
  package var subject: UInt64
  /// Whether that person is enrolled.
  package var isMated: Bool
  /// Whether the capture failed; then nothing was searched.
  package var failed: Bool
  /// The true score of probe and mate, found in the list or not; `nil` for strangers and failed captures.
  package var mateScore: Float?
  /// Best first, the mate among them.
  package var candidates: [Candidate]

  package init(
    subject: UInt64, isMated: Bool, failed: Bool, mateScore: Float?, candidates: [Candidate]
  ) {
    self.subject = subject
    self.isMated = isMated
    self.failed = failed
    self.mateScore = mateScore
    self.candidates = candidates
  }

  /// The mate as the matcher returned it.
  private var listed: Candidate? {
    isMated ? candidates.first { $0.subject == subject } : nil
  }

  /// The mate's score: as the matcher gave it where it did, else the true one.
  package var score: Float? { listed?.score ?? mateScore }

  /// The mate's rank from 1, behind every non-mate of the same score; `nil` where it is not in the list.
  package var rank: Int? {
    listed.map { mate in
      candidates.count { $0.subject != subject && $0.score >= mate.score } + 1
    }
  }

  /// Non-mates with exactly the mate's score.
  package var ties: Int {
    listed.map { mate in
      candidates.count { $0.subject != subject && $0.score == mate.score }
    } ?? 0
  }

  /// The best score of somebody the probe does not show.
  package var bestNonMate: Float? {
    candidates.first { !isMated || $0.subject != subject }?.score
  }

  /// Whether the list should have held the mate and does not. `room` is the length that a list of this
  /// search has when nothing is missing.
  package func isLost(room: Int) -> Bool {
    guard isMated, !failed, listed == nil, let mateScore else { return false }
    guard candidates.count >= room, let last = candidates.last else { return true }
    return Candidate(subject: subject, score: mateScore).precedes(last)
  }
}
