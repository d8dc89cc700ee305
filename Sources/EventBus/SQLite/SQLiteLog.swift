// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
package import SystemPackage

/// A log in one SQLite file: the embedded bus, and the outbox of any other.
///
/// One writing process at a time, held by a lock beside the file; any number of readers, in any language.
/// WAL with `synchronous = FULL`: what is acknowledged survives a crash of the process, of the system,
/// and a loss of power on a disk that keeps its word.
package final class SQLiteLog: DurableLog {
  /// Settings for tests and for small disks.
  package struct Options: Hashable, Sendable {
    /// The greatest size of the file in pages of 4 KiB; `nil` for what the disk holds.
    package var maximumPages: Int?
    /// Pages in the WAL after which SQLite moves them to the file; 0 for never.
    package var checkpointPages = 1000
    /// How long a commit waits for consumers when the log is full of what they have not read.
    package var patience: Duration = .seconds(5)

    package init() {}
  }

  package let path: FilePath
  let pool: DatabasePool
  let patience: Duration
  private let lock: RunLock

  /// Opens the bus at `path` for writing, or makes it. Throws `BusError`: `missing`, `notAllowed`,
  /// `locked`, `notABus`, `damaged`, `newerVersion`, `full`, `notDurable`.
  package init(_ path: FilePath, options: Options = Options()) throws(BusError) {
    self.path = path
    patience = options.patience
    lock = try RunLock(on: path)
    do {
      // Looked at read-only first: a DatabasePool turns whatever it opens into a WAL database.
      if try FileFacts.size(path) > 0 { try Self.inspect(path) }
      var configuration = Configuration()
      configuration.busyMode = .timeout(5)
      configuration.maximumReaderCount = 2
      pool = try DatabasePool(path: path.string, configuration: configuration)
      let path = path
      try pool.writeWithoutTransaction { database in
        // After opening, since the pool sets NORMAL when it has set up WAL.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
        if let pages = options.maximumPages {
          try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let read = try Durability(database)
        guard read.isFull else {
          throw BusError(
            .notDurable,
            "\(path) would not keep what it acknowledges (\(read)); put the bus on a local disk")
        }
        try SQLiteSchema.update(database, from: try SQLiteSchema.version(of: database, path))
      }
    } catch {
      throw BusError(error, path)
    }
  }

  /// The version of the SQLite library in use.
  package static var libraryVersion: String {
    let version = try? DatabaseQueue().read {
      try String.fetchOne($0, sql: "SELECT sqlite_version()")
    }
    return (version ?? nil) ?? "unknown"
  }

  /// As SQLite reports it for the writing connection, now.
  package func durability() throws(BusError) -> Durability {
    try perform { try Durability($0) }
  }

  package func close() throws(BusError) {
    do {
      try pool.close()
    } catch {
      throw BusError(error, path)
    }
    lock.release()
  }

  /// Runs `body` on the writing connection, outside any transaction.
  func perform<Value>(_ body: (Database) throws -> Value) throws(BusError) -> Value {
    do {
      return try pool.writeWithoutTransaction(body)
    } catch {
      throw BusError(error, path)
    }
  }

  /// Runs `body` in one transaction on the writing connection, on its own queue, so that no thread of the
  /// caller's pool is blocked. A cancelled caller does not stop it.
  func asyncTransaction<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(BusError) -> Value {
    let path = path
    let result: Result<Value, BusError> = await withCheckedContinuation { continuation in
      pool.asyncWrite(body) { _, result in
        continuation.resume(returning: result.mapError { BusError($0, path) })
      }
    }
    return try result.get()
  }

  /// Runs `body` in one transaction on the writing connection.
  func transaction<Value>(_ body: (Database) throws -> Value) throws(BusError) -> Value {
    do {
      return try pool.write(body)
    } catch {
      throw BusError(error, path)
    }
  }

  private static func inspect(_ path: FilePath) throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: path.string, configuration: configuration)
    _ = try queue.read { try SQLiteSchema.version(of: $0, path) }
    try queue.close()
  }
}
