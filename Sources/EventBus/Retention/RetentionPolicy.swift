// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How much a log keeps. Part of the log itself, so that every writer keeps to it.
///
/// What no named consumer waits for goes by age, number and bytes, oldest first. What one still has to read
/// stays, under `block`, until it has: the log may then not take more than its limits, and appending fails
/// after some patience. Under `dropOldest` it goes all the same, and is counted as lost for that consumer.
/// The last event of each camera and what is open are always kept: the next run goes on from them.
package struct RetentionPolicy: Hashable, Sendable {
  package enum WhenFull: String, CaseIterable, Sendable {
    /// Keep what consumers have not read; take no more events instead.
    case block
    /// Take new events; drop the oldest, read or not.
    case dropOldest = "drop-oldest"
  }

  /// Events that came longer ago than this may go; `nil` for no limit. Never makes the log full.
  package var maximumAge: Duration?
  /// At most so many events; `nil` for no limit.
  package var maximumEvents: Int?
  /// At most so many bytes in the pages of the file that are in use; `nil` for no limit. The pages of dropped
  /// events are used again, so the file does not outgrow this by more than one commit; its WAL is apart.
  package var maximumBytes: Int?
  package var whenFull: WhenFull = .block

  package init() {}

  /// Whether anything ever goes.
  package var isLimited: Bool {
    maximumAge != nil || maximumEvents != nil || maximumBytes != nil
  }
}
