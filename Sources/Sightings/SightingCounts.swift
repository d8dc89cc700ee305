// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a camera's state machine has done; every track ends up in exactly one of the last five.
package struct SightingCounts: Hashable, Sendable {
  package var frames = 0
  /// Frames refused because their number or time went backwards.
  package var outOfOrder = 0
  package var faces = 0
  package var tracks = 0
  package var opened = 0
  package var updated = 0
  package var closed = 0
  /// Tracks that opened a sighting.
  package var alert = 0
  /// Tracks that carried on the sighting of an earlier one.
  package var joined = 0
  /// Tracks that would have opened a sighting if its subject had been away for longer.
  package var suppressed = 0
  /// Tracks that ended below the threshold.
  package var noMatch = 0
  /// Tracks that ended with too few searches.
  package var lowQuality = 0

  package init() {}
}
