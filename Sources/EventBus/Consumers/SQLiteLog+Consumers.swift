// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Consumers in the process that writes, such as one that forwards to another bus.
///
/// Their moves share the writing connection, so they never wait for it nor keep it waiting.
extension SQLiteLog {
  /// Adds a consumer if it is not there, and gives the place up to which it has taken everything.
  @discardableResult
  package func addConsumer(
    _ name: String, from start: ConsumerOffset.Start = .beginning
  ) async throws(BusError) -> Int64 {
    try await asyncTransaction { try ConsumerTable.add(name, start, $0) }
  }

  /// The place up to which the consumer has taken everything; `nil` for one that is not there.
  package func offset(of name: String) async throws(BusError) -> Int64? {
    try await asyncTransaction { try ConsumerTable.offset(of: name, $0)?.sequence }
  }

  /// Says that the consumer has taken everything up to `sequence`. Never moves it backwards. One synced
  /// commit: move once for many events. Throws `badName` for a consumer that is not there.
  package func move(_ name: String, to sequence: Int64) async throws(BusError) {
    try await asyncTransaction { try ConsumerTable.move(name, to: sequence, $0) }
  }
}
