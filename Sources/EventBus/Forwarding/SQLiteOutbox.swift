// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// A bus file as an outbox, beside whoever writes to it: forwarding is a named consumer of the log, so that
/// it is listed with its lag, and what it has not sent is kept.
package final class SQLiteOutbox: OutboxStore {
  private let consumer: SQLiteConsumer
  private let start: Int64
  /// Looks for commits, which a connection cannot tell of its own.
  private let reader: SQLiteLogReader

  /// Throws what `SQLiteConsumer` does.
  package init(_ path: FilePath, consumer name: String) throws(BusError) {
    consumer = try SQLiteConsumer(name, on: path)
    start = consumer.place
    reader = try SQLiteLogReader(path)
  }

  package func offset() -> Int64 { start }

  package func move(to sequence: Int64) async throws(BusError) {
    try await consumer.taken(through: sequence)
  }

  package func events(after sequence: Int64, limit: Int) async throws(BusError) -> [StoredEvent] {
    consumer.seek(after: sequence)
    return try await consumer.next(limit: limit)
  }

  package func count(after sequence: Int64) async throws(BusError) -> Int {
    try await reader.count(after: sequence)
  }

  package func version() async throws(BusError) -> Int? { try await reader.dataVersion() }

  package func park(_ events: [ParkedEvent]) async throws(BusError) {
    try await consumer.park(events)
  }

  package func close() async throws(BusError) {
    try await consumer.close()
    try reader.close()
  }
}
