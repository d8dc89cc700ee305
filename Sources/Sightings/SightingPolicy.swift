// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// When sightings open, change and close.
package struct SightingPolicy: Hashable, Sendable {
  package var tracking = TrackingPolicy()
  package var decision: DecisionPolicy
  /// The least capture time between two revisions, except for the last one.
  package var updateEvery: Duration = .seconds(1)
  /// The rise of the best fused score that is worth a revision.
  package var improvement = 0.01
  /// How long a subject must have been away from a camera to be sighted there anew.
  package var coolDown: Duration = .seconds(10)
  /// A sighting is closed this long after it was opened, in view or not.
  package var maximumAge: Duration = .seconds(300)
  /// How long after its time an event is news.
  package var staleness: Duration = .seconds(60)

  package init(decision: DecisionPolicy) { self.decision = decision }
}
