// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a full queue does with one more element.
package enum QueuePolicy: String, CaseIterable, Codable, Hashable, Sendable {
  /// The producer waits: nothing is lost, and the source is slowed down.
  case block
  /// The oldest elements make room: the newest frame is the one worth having.
  case dropOldest = "drop-oldest"
  /// The new element is refused: what waits already is searched first.
  case dropNewest = "drop-newest"
}

/// How much a queue may hold, and for how long.
package struct QueueLimits: Hashable, Sendable {
  /// The most elements.
  package var elements: Int
  /// The most bytes of all elements together; one that is larger by itself is let into an empty queue.
  package var bytes: Int
  package var policy: QueuePolicy
  /// Nanoseconds after which an element that waited is not worth its work; `nil` for none.
  package var maximumAge: UInt64?

  package init(
    elements: Int, bytes: Int = .max, policy: QueuePolicy = .block, maximumAge: UInt64? = nil
  ) {
    precondition(elements > 0 && bytes > 0, "a queue needs room for one element")
    self.elements = elements
    self.bytes = bytes
    self.policy = policy
    self.maximumAge = maximumAge
  }
}
