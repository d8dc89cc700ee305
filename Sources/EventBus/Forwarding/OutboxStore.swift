// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A log to forward from, and the memory of how far that has come.
package protocol OutboxStore: Sendable {
  /// The place up to which everything had arrived when it was opened; 0 at first.
  func offset() async throws(BusError) -> Int64

  /// Remembers that everything up to `sequence` has arrived; after a loss of power it may be behind, never
  /// ahead.
  func move(to sequence: Int64) async throws(BusError)

  /// Up to `limit` events after place `sequence`, in order.
  func events(after sequence: Int64, limit: Int) async throws(BusError) -> [StoredEvent]

  /// How many events lie after place `sequence`.
  func count(after sequence: Int64) async throws(BusError) -> Int

  /// A number that changes with every commit, or `nil` where there is none; cheap.
  func version() async throws(BusError) -> Int?
}
