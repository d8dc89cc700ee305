// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import GRDBSQLite

/// Reads events as SQLite hands them over: past GRDB to its own functions, as `EventInsertion` writes them, since
/// this runs for every event. A body is copied once, and a type that many events share is kept once.
@safe struct EventRows {
  static let columns = "seq, id, type, subject, partition_key, time_us, body"

  private let handle: OpaquePointer
  /// Of the latest event: most have the type of one not far before.
  private var types: [String] = []

  /// `statement` selects `columns` and has its arguments. Use it on the database's own queue.
  private init(_ statement: Statement) { unsafe handle = statement.sqliteStatement }

  /// The events that `statement` gives, in its order, which is that of places after `place`. O(bytes).
  static func all(
    _ statement: Statement, after place: Int64, of database: Database
  ) throws -> [StoredEvent] {
    var rows = EventRows(statement)
    defer { _ = unsafe sqlite3_reset(rows.handle) }
    var found: [StoredEvent] = []
    var last = place
    while true {
      switch unsafe sqlite3_step(rows.handle) {
      case SQLITE_ROW:
        let event = try rows.event()
        // Or whoever goes on from it would read the same for ever.
        guard event.sequence > last else { throw damaged("an event has no place of its own") }
        last = event.sequence
        found.append(event)
      case SQLITE_DONE: return found
      case let code:
        throw DatabaseError(
          resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
      }
    }
  }

  private static func damaged(_ message: String) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: message)
  }

  private mutating func event() throws -> StoredEvent {
    unsafe StoredEvent(
      sequence: sqlite3_column_int64(handle, 0),
      record: BusRecord(
        id: try text(1), type: try type(), subject: try text(3), partitionKey: try text(4),
        timeMicroseconds: sqlite3_column_int64(handle, 5), body: try Array(bytes(6))))
  }

  private mutating func type() throws -> String {
    let text = try unsafe bytes(2)
    if let known = types.first(where: { unsafe $0.utf8.elementsEqual(text) }) { return known }
    let type = unsafe String(decoding: text, as: UTF8.self)
    // A log of ours has a handful of types; another's must not make this long.
    if types.count < 8 { types.append(type) }
    return type
  }

  private func text(_ column: Int32) throws -> String {
    try unsafe String(decoding: bytes(column), as: UTF8.self)
  }

  /// A text's UTF-8, for as long as the row is the current one.
  private func bytes(_ column: Int32) throws -> UnsafeBufferPointer<UInt8> {
    // In this order: the first may convert, and so move, what the second counts.
    guard let start = unsafe sqlite3_column_text(handle, column) else {
      throw Self.damaged("an event lacks what every event has")
    }
    return unsafe UnsafeBufferPointer(
      start: start, count: Int(sqlite3_column_bytes(handle, column)))
  }
}
