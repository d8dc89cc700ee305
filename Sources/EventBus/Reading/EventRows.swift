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

  /// The events that `statement` gives, in its order. O(bytes).
  static func all(_ statement: Statement, of database: Database) throws -> [StoredEvent] {
    var rows = EventRows(statement)
    defer { _ = unsafe sqlite3_reset(rows.handle) }
    var found: [StoredEvent] = []
    while true {
      switch unsafe sqlite3_step(rows.handle) {
      case SQLITE_ROW: found.append(rows.event())
      case SQLITE_DONE: return found
      case let code:
        throw DatabaseError(
          resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
      }
    }
  }

  private mutating func event() -> StoredEvent {
    unsafe StoredEvent(
      sequence: sqlite3_column_int64(handle, 0),
      record: BusRecord(
        id: String(decoding: bytes(1), as: UTF8.self), type: type(),
        subject: String(decoding: bytes(3), as: UTF8.self),
        partitionKey: String(decoding: bytes(4), as: UTF8.self),
        timeMicroseconds: sqlite3_column_int64(handle, 5), body: Array(bytes(6))))
  }

  private mutating func type() -> String {
    let text = unsafe bytes(2)
    if let known = types.first(where: { unsafe $0.utf8.elementsEqual(text) }) { return known }
    let type = unsafe String(decoding: text, as: UTF8.self)
    // A log of ours has a handful of types; another's must not make this long.
    if types.count < 8 { types.append(type) }
    return type
  }

  /// A text's UTF-8, for as long as the row is the current one; nothing for NULL.
  private func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    // In this order: the first may convert, and so move, what the second counts.
    let start = unsafe sqlite3_column_text(handle, column)
    return unsafe UnsafeBufferPointer(
      start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }
}
