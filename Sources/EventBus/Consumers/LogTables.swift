// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
package import SystemPackage

/// The tables of a log that others than its writer may change, and do so in short transactions: consumers
/// and the retention policy. SQLite's own lock orders them with the writer's commits.
package final class LogTables: Sendable {
  private let path: FilePath
  private let queue: DatabaseQueue

  /// Throws `BusError`: `missing`, `notAllowed`, `notABus`, `damaged`, `newerVersion`; `locked` when the
  /// file has an earlier version and is being written to.
  package init(_ path: FilePath) throws(BusError) {
    self.path = path
    do {
      queue = try Self.open(path)
    } catch {
      throw BusError(error, path)
    }
  }

  /// Puts a consumer at a place, backwards too, or adds it there.
  package func placeConsumer(_ name: String, _ start: ConsumerOffset.Start) throws(BusError) {
    try write { database in
      let place =
        switch start {
        case .beginning: Int64(0)
        case .end: try ConsumerTable.end(database)
        case .after(let place): try Self.known(place, database)
        }
      try ConsumerTable.place(name, at: place, database)
    }
  }

  /// A place that the log has come to: who stood beyond it would miss what comes up to there.
  private static func known(_ place: Int64, _ database: Database) throws -> Int64 {
    let end = try ConsumerTable.end(database)
    guard place <= end else {
      throw BusError(
        .notAllowed,
        "the log ends at place \(end), before \(place); give a place up to there, or `end`")
    }
    return place
  }

  /// Forgets a consumer; nothing is kept for it any more.
  package func removeConsumer(_ name: String) throws(BusError) {
    try write { try ConsumerTable.remove(name, $0) }
  }

  package func retention() throws(BusError) -> RetentionPolicy {
    try write { try RetentionTable.policy($0) }
  }

  /// Changes what is kept, from the writer's next commit on.
  package func setRetention(_ policy: RetentionPolicy) throws(BusError) {
    try write { try RetentionTable.set(policy, $0) }
  }

  /// Drops up to `limit` of the events that the policy keeps no longer, and says how many; 0 when there is
  /// none left to drop.
  package func trim(atMost limit: Int = 2000) throws(BusError) -> Int {
    try write {
      try RetentionTable.enforce(
        $0, now: WallTime.microseconds(), atMost: limit, mayHold: false
      ).events
    }
  }

  /// Gives the space of dropped events back to the file system. Rewrites the file: O(what it holds), with as
  /// much free space beside it; the writer waits meanwhile.
  package func compact() throws(BusError) {
    do {
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "VACUUM")
        try database.checkpoint(.truncate)
      }
    } catch {
      throw BusError(error, path)
    }
  }

  package func close() throws(BusError) {
    do {
      try queue.close()
    } catch {
      throw BusError(error, path)
    }
  }

  private func write<Value>(
    _ body: (Database) throws -> Value
  ) throws(BusError) -> Value {
    do {
      return try queue.write(body)
    } catch {
      throw BusError(error, path)
    }
  }

  /// A connection that may write beside the log's writer; of the present version.
  static func open(_ path: FilePath) throws -> DatabaseQueue {
    // A reader tells what is wrong with the file, and makes none.
    let reader = try SQLiteLogReader(path)
    let version = reader.version
    try reader.close()
    if version < SQLiteSchema.version { try SQLiteLog(path).close() }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: path.string, configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
    return queue
  }
}
