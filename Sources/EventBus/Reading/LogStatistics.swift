// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What is on a log, in short.
package struct LogStatistics: Hashable, Sendable {
  /// The place and the time of one event.
  package struct Mark: Hashable, Sendable {
    package let sequence: Int64
    package let timeMicroseconds: Int64
  }

  package let count: Int
  /// `nil` when the log is empty.
  package let first: Mark?
  package let last: Mark?
}
