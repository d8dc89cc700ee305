// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import GRDB
internal import SystemPackage

/// The measure of the log: GRDB inserting the same records in transactions of the same size, as anybody would
/// write it. One table with its events unique by id; no consumers, no retention, no order by camera.
final class BareLoop {
  private let queue: DatabaseQueue

  init(_ path: FilePath) throws {
    queue = try DatabaseQueue(path: path.string)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
      let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
      guard level == 2 else {
        throw BenchmarkError(.failed, "SQLite would not sync (synchronous = \(level ?? -1))")
      }
      try database.execute(
        sql: """
          CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
            subject TEXT NOT NULL, partition_key TEXT NOT NULL, time_us INTEGER NOT NULL,
            body TEXT NOT NULL)
          """)
    }
  }

  /// Inserts all, `batch` at a time.
  func insert(_ records: [BusRecord], batch: Int) throws {
    for start in stride(from: 0, to: records.count, by: batch) {
      try queue.write { database in
        let insert = try database.cachedStatement(
          sql: """
            INSERT INTO events (id, type, subject, partition_key, time_us, body)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        for record in records[start..<min(start + batch, records.count)] {
          try insert.execute(arguments: [
            record.id, record.type, record.subject, record.partitionKey, record.timeMicroseconds,
            String(decoding: record.body, as: UTF8.self),
          ])
        }
      }
    }
  }

  func close() throws { try queue.close() }
}
