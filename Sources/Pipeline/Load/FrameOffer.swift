// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A frame that a schedule offers to the pipeline.
package struct FrameOffer: Hashable, Sendable {
  /// When it is due.
  package enum Due: Hashable, Sendable {
    /// Nanoseconds after the start, whatever the pipeline does: an open loop.
    case at(UInt64)
    /// When no frame is on its way any more: a closed loop.
    case whenIdle
    /// Together with the frame before it, waiting for room.
    case atOnce
  }

  package var due: Due
  /// The feed that it belongs to.
  package var feed: Int
  /// Index in the frame set's manifest.
  package var frame: Int
  /// Counts the frames of its feed, from 0.
  package var sequence: Int
  /// False while the pipeline warms up.
  package var isMeasured: Bool

  package init(due: Due, feed: Int, frame: Int, sequence: Int, isMeasured: Bool) {
    self.due = due
    self.feed = feed
    self.frame = frame
    self.sequence = sequence
    self.isMeasured = isMeasured
  }
}

/// Says which frame is due next, and when.
///
/// A schedule of an open loop must not look at how the pipeline fares, but to know when it may end.
package protocol FrameSchedule: Sendable {
  /// About how many frames it will offer; 0 where that is not known.
  var expected: Int { get }

  /// The next frame, in order of time; `nil` when there is none.
  mutating func next() -> FrameOffer?
}
