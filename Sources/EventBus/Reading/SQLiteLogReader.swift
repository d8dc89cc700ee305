// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
package import SystemPackage

/// Reads a bus file, also while a run writes to it. Never blocks the writer, never changes the file.
package final class SQLiteLogReader: Sendable {
  package let path: FilePath
  /// Of the file's tables when it was opened.
  let version: Int32
  private let queue: DatabaseQueue

  /// Throws `BusError`: `missing`, `notAllowed`, `notABus`, `damaged`, `newerVersion`.
  package init(_ path: FilePath) throws(BusError) {
    self.path = path
    guard FileFacts.exists(path) else {
      throw BusError(.missing, "there is no bus at \(path); check the name, or start a run first")
    }
    _ = try FileFacts.size(path)
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      queue = try DatabaseQueue(path: path.string, configuration: configuration)
      guard let version = try queue.read({ try SQLiteSchema.version(of: $0, path) }) else {
        throw BusError(.notABus, "\(path) is empty; start a run first")
      }
      self.version = version
    } catch {
      throw BusError(error, path)
    }
  }

  /// Up to `limit` events after place `sequence`, in order. O(limit), plus log n to find the place.
  package func events(
    after sequence: Int64 = 0, limit: Int = 1000
  ) async throws(BusError) -> [StoredEvent] {
    try await read { database in
      try StoredEvent.fetch(
        database, after: sequence, "seq > ? ORDER BY seq LIMIT ?", [sequence, limit])
    }
  }

  /// The run that began last among those whose key starts with `keyPrefix`; `nil` if there is none.
  package func newestRun(keyPrefix: String) async throws(BusError) -> StoredRun? {
    try await read { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT run_id, run_key, state, facts FROM runs WHERE substr(run_key, 1, ?) = ?
          ORDER BY started_us DESC, attempt DESC LIMIT 1
          """, arguments: [keyPrefix.unicodeScalars.count, keyPrefix]
      ).map {
        StoredRun(
          runID: $0["run_id"], key: $0["run_key"], state: $0["state"], facts: $0["facts"])
      }
    }
  }

  /// How many events lie after place `sequence`. O(their number).
  package func count(after sequence: Int64) async throws(BusError) -> Int {
    try await read { database in
      try Int.fetchOne(
        database, sql: "SELECT count(*) FROM events WHERE seq > ?", arguments: [sequence]) ?? 0
    }
  }

  /// The events after place `sequence`, those there are and those to come; ends only by cancellation.
  package func follow(
    after sequence: Int64 = 0, every interval: Duration = .milliseconds(50)
  ) -> LogFollower {
    LogFollower(reader: self, sequence: sequence, interval: interval)
  }

  /// Lets go of the file.
  package func close() throws(BusError) {
    do {
      try queue.close()
    } catch {
      throw BusError(error, path)
    }
  }

  /// Changes when another connection has committed; costs no more than a look at shared memory.
  func dataVersion() async throws(BusError) -> Int {
    try await read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(BusError) -> Value {
    do {
      return try await queue.read(body)
    } catch {
      throw BusError(error, path)
    }
  }
}
