// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import GRDBSQLite

/// Inserts the events of one commit, their text bound where it lies.
///
/// Past GRDB to SQLite's own functions, since this is the one statement that runs for every event: no list
/// of arguments is made, and no string of a body.
@safe struct EventInsertion {
  private let database: Database
  private let statement: Statement
  private let connection: OpaquePointer
  /// SQLite takes a place before it looks whether the id is there, and keeps count of it: that is undone, or
  /// places would run ahead of events, and limits by number drop what they should keep.
  private let givingBack: Statement

  /// Use it on the database's own queue, within one transaction.
  init(_ database: Database) throws {
    self.database = database
    statement = try database.cachedStatement(
      sql: """
        INSERT INTO events (id, type, subject, partition_key, time_us, body, appended_us)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """)
    givingBack = try database.cachedStatement(
      sql: "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'events'")
    guard let open = unsafe database.sqliteConnection else {
      throw DatabaseError(resultCode: .SQLITE_MISUSE)
    }
    unsafe connection = open
  }

  /// Gives the event's place; `nil` if one of its id was there already.
  func insert(_ record: BusRecord, arrived: Int64) throws -> Int64? {
    let handle = unsafe statement.sqliteStatement
    var (id, type, subject, key) = (
      record.id, record.type, record.subject, record.partitionKey
    )
    // Bound for as long as the closures run; bound anew before the next step.
    let code = id.withUTF8 { id in
      type.withUTF8 { type in
        subject.withUTF8 { subject in
          key.withUTF8 { key in
            unsafe record.body.withUnsafeBufferPointer { body in
              unsafe bind(handle, 1, id)
              unsafe bind(handle, 2, type)
              unsafe bind(handle, 3, subject)
              unsafe bind(handle, 4, key)
              unsafe sqlite3_bind_int64(handle, 5, record.timeMicroseconds)
              unsafe bind(handle, 6, body)
              unsafe sqlite3_bind_int64(handle, 7, arrived)
              let code = unsafe sqlite3_step(handle)
              // Tells the same error again, if there was one.
              unsafe sqlite3_reset(handle)
              return code
            }
          }
        }
      }
    }
    guard code == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
    }
    if unsafe sqlite3_changes(connection) > 0 {
      return unsafe sqlite3_last_insert_rowid(connection)
    }
    try givingBack.execute()
    return nil
  }

  /// Lets go of the last event's text.
  func finish() { _ = unsafe sqlite3_clear_bindings(statement.sqliteStatement) }

  private func bind(_ handle: OpaquePointer, _ index: Int32, _ text: UnsafeBufferPointer<UInt8>) {
    // Without an address it would be bound as NULL.
    guard let start = text.baseAddress else {
      _ = unsafe sqlite3_bind_text(handle, index, "", 0, nil)
      return
    }
    // Fails only for what is too long for SQLite, which the step then tells: nothing is bound.
    unsafe start.withMemoryRebound(to: CChar.self, capacity: text.count) { start in
      _ = unsafe sqlite3_bind_text(handle, index, start, Int32(clamping: text.count), nil)
    }
  }
}
