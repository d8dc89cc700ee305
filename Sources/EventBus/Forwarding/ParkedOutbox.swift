// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
package import SystemPackage

/// What was parked for a consumer, as an outbox of its own: to try it again, once each.
///
/// An event that is taken now is parked no longer; one that is refused again stays. What is sent again after
/// a crash in between is dropped by its id, within the time that the other bus remembers it.
package final class ParkedOutbox: OutboxStore {
  private let path: FilePath
  private let name: String
  private let queue: DatabaseQueue
  /// Later than all that was parked before: what is parked from here on is not tried now.
  private let began: Int64

  package var isWhole: Bool { false }

  /// Throws what `SQLiteConsumer` does.
  package init(_ path: FilePath, consumer name: String) throws(BusError) {
    self.path = path
    self.name = name
    do {
      queue = try LogTables.open(path)
      began = try queue.read { database in
        let latest = try Int64.fetchOne(
          database, sql: "SELECT max(parked_us) FROM parked WHERE consumer = ?", arguments: [name])
        return max(WallTime.microseconds(), (latest ?? 0) + 1)
      }
    } catch {
      throw BusError(error, path)
    }
  }

  package func offset() -> Int64 { 0 }

  package func move(to sequence: Int64) async throws(BusError) {
    let (name, began) = (name, began)
    try await write { try ParkedTable.forget(name, to: sequence, before: began, $0) }
  }

  package func events(after sequence: Int64, limit: Int) async throws(BusError) -> [StoredEvent] {
    let (name, began) = (name, began)
    return try await read { database in
      try StoredEvent.fetch(
        database, after: sequence,
        """
        seq IN (SELECT seq FROM parked WHERE consumer = ? AND parked_us < ? AND seq > ?
          ORDER BY seq LIMIT ?) ORDER BY seq
        """, [name, began, sequence, limit])
    }
  }

  package func count(after sequence: Int64) async throws(BusError) -> Int {
    let (name, began) = (name, began)
    return try await read { database in
      try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM parked WHERE consumer = ? AND parked_us < ? AND seq > ?",
        arguments: [name, began, sequence]) ?? 0
    }
  }

  package func version() -> Int? { nil }

  package func park(_ events: [ParkedEvent]) async throws(BusError) {
    let (name, began) = (name, began)
    try await write { try ParkedTable.park(events, for: name, at: began, $0) }
  }

  package func close() throws(BusError) {
    do {
      try queue.close()
    } catch {
      throw BusError(error, path)
    }
  }

  private func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(BusError) -> Value {
    do {
      return try await queue.read(body)
    } catch {
      throw BusError(error, path)
    }
  }

  private func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(BusError) -> Value {
    do {
      return try await queue.write(body)
    } catch {
      throw BusError(error, path)
    }
  }
}
