// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// What of the sighting policy a run may set; of the rest there is one for all.
package struct DecisionSettings: Hashable, Sendable {
  /// How long, in capture time, a track may go unseen before it is lost.
  package var trackGap: Duration
  /// How many of a track's best captures are fused, from 1.
  package var captures: Int
  /// With fewer searched captures than this there is no decision but `low_quality`; 1...`captures`.
  package var minimumCaptures: Int
  /// The least capture time between two revisions, except for the last one.
  package var updateEvery: Duration
  /// How long a subject must have been away from a camera to be sighted there anew.
  package var coolDown: Duration

  /// The policy's own defaults.
  package init() {
    let standard = SightingPolicy(decision: DecisionPolicy(threshold: 0))
    trackGap = standard.tracking.trackGap
    captures = standard.decision.captures
    minimumCaptures = standard.decision.minimumCaptures
    updateEvery = standard.updateEvery
    coolDown = standard.coolDown
  }

  func policy(threshold: Double, listed: Int) -> SightingPolicy {
    var policy = SightingPolicy(
      decision: DecisionPolicy(
        threshold: threshold, captures: captures, minimumCaptures: minimumCaptures, listed: listed))
    policy.tracking.trackGap = trackGap
    policy.updateEvery = updateEvery
    policy.coolDown = coolDown
    return policy
  }
}
