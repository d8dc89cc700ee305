// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// An event that the other bus will not take, and why.
package struct ParkedEvent: Hashable, Sendable {
  package let sequence: Int64
  package let reason: String

  package init(sequence: Int64, reason: String) {
    self.sequence = sequence
    self.reason = reason
  }
}

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

  /// Keeps these events apart, durably, to be tried again when a user says so; again changes the reason.
  func park(_ events: [ParkedEvent]) async throws(BusError)

  /// Whether nothing is left out between its events: then a later one of a camera on the other bus means
  /// that the earlier are there, or were parked.
  var isWhole: Bool { get }

  func close() async throws(BusError)
}

extension OutboxStore {
  package var isWhole: Bool { true }
  package func close() async throws(BusError) {}
}
