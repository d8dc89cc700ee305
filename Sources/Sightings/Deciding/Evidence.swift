// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What was seen of one face: counts, and the best captures, never more than the decision needs.
struct Evidence: Sendable {
  private let limit: Int
  /// Searched captures, best first, at most `limit`.
  private(set) var best: [Capture] = []
  /// Captures that were searched.
  private(set) var searched = 0
  /// Captures, searched or not.
  private(set) var seen = 0
  private(set) var firstSeen: Timestamp
  private(set) var lastSeen: Timestamp

  init(limit: Int, from time: Timestamp) {
    self.limit = limit
    firstSeen = time
    lastSeen = time
  }

  mutating func add(_ capture: Capture) {
    seen += 1
    lastSeen = max(lastSeen, capture.frame.capturedAt)
    guard capture.face.isEmbedded else { return }
    searched += 1
    keep(capture)
  }

  /// Takes over what was seen of another track of the same face.
  mutating func merge(_ other: Evidence) {
    seen += other.seen
    searched += other.searched
    firstSeen = min(firstSeen, other.firstSeen)
    lastSeen = max(lastSeen, other.lastSeen)
    for capture in other.best { keep(capture) }
  }

  func decide(_ policy: DecisionPolicy) -> Decision {
    policy.decide(best.map(\.face.candidates), searched: searched)
  }

  private mutating func keep(_ capture: Capture) {
    let place = best.firstIndex { capture.isBetter(than: $0) } ?? best.count
    guard place < limit else { return }
    best.insert(capture, at: place)
    if best.count > limit { best.removeLast() }
  }
}
