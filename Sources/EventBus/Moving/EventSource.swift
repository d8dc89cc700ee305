// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Where events are taken from, in order and at least once, by a consumer that says how far it has come.
package protocol EventSource: Sendable {
  /// Up to `limit` events after those handed out before; none when there are none now.
  func next(limit: Int) async throws -> [StoredEvent]

  /// Says that every event up to place `sequence` is where it should be, and need not come again.
  func taken(through sequence: Int64) async throws

  /// Lets go of the source; what was not `taken` comes again.
  func close() async throws
}
