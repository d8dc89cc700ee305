// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Somebody in the gallery whom a probe might show, and how alike the two are.
package struct Candidate: Hashable, Sendable {
  /// The identity enrolled.
  package let subject: UInt64
  /// Inner product of probe and template, computed in double and rounded once.
  package let score: Float

  package init(subject: UInt64, score: Float) {
    self.subject = subject
    self.score = score
  }

  /// Whether this stands before `other` in a list: higher score, then lower subject.
  package func precedes(_ other: Candidate) -> Bool {
    score > other.score || (score == other.score && subject < other.subject)
  }
}
