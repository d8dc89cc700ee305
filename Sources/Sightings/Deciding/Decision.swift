// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a track's searches amount to, so far.
package struct Decision: Hashable, Sendable {
  package enum Outcome: String, Codable, Sendable {
    /// The best fused score reaches the threshold.
    case alert
    /// It does not.
    case noMatch = "no_match"
    /// Too few captures were good enough to search.
    case lowQuality = "low_quality"
  }

  /// A subject with its fused score, rounded to six decimals.
  package struct Ranked: Hashable, Sendable {
    package let subject: UInt64
    package let score: Double
    package let isAboveThreshold: Bool
  }

  package let outcome: Outcome
  /// Best first; equal scores by subject number.
  package let candidates: [Ranked]

  package var best: Ranked? { candidates.first }
}
