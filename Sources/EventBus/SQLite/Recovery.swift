// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// What a run finds on the bus when it starts.
package struct Recovery: Sendable {
  /// The last revisions of sightings that no run closed, in the order of the log.
  package let open: [SightingEvent]
  /// The number of each camera's last event.
  package let lastSequence: [String: Int64]
  /// Whom cameras saw within the cool-down.
  package let recent: [RecentSubject]

  /// The `closed` events that settle `open`, and the cameras' last numbers after them. Publish them
  /// before anything else.
  package func closings() -> (events: [SightingEvent], lastSequence: [String: Int64]) {
    var last = lastSequence
    let events = open.compactMap { event -> SightingEvent? in
      let next = (last[event.partitionKey] ?? 0) + 1
      guard let closed = SightingEvent.recovered(from: event, sequence: next) else { return nil }
      last[event.partitionKey] = next
      return closed
    }
    return (events, last)
  }
}
