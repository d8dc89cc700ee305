// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How far a named consumer has come on a log.
package struct ConsumerOffset: Hashable, Sendable {
  package let name: String
  /// It has taken everything up to this place; 0 for nothing yet.
  package let sequence: Int64
  /// When it last said so, in microseconds since 1970.
  package let movedMicroseconds: Int64
  /// Events that were dropped before it had read them: only by `drop-oldest`.
  package let lost: Int

  /// Where a consumer begins that was not there before.
  package enum Start: Hashable, Sendable {
    /// At the oldest event the log holds.
    case beginning
    /// At the events to come.
    case end
    /// After this place.
    case after(Int64)
  }
}
