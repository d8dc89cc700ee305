// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline

/// When tracks end and sightings are told in a bench; there is no cool-down, since a feed shows its people
/// over and over.
package struct BenchDecision: Codable, Hashable, Sendable {
  /// Best captures that are fused, and searched ones that a decision needs.
  package let captures: Int
  package let leastCaptures: Int
  package let trackGapMS: Double
  package let updateEveryMS: Double

  package init(_ settings: DecisionSettings) {
    captures = settings.captures
    leastCaptures = settings.minimumCaptures
    trackGapMS = settings.trackGap / .milliseconds(1)
    updateEveryMS = settings.updateEvery / .milliseconds(1)
  }
}
