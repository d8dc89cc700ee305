// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

/// The table `consumers`: who reads the log, and how far each has come.
///
/// Three plain columns for other languages: `name`, `seq`, `moved_us`. Whoever has handled everything up to
/// `seq` says so; the log drops nothing a consumer has not handled, unless its policy says otherwise.
enum ConsumerTable {
  /// Up to 128 bytes in one line: names are shown to people.
  static func check(_ name: String) throws(BusError) {
    guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
    else {
      throw BusError(.badName, "a consumer's name has 1 to 128 bytes and no control characters")
    }
  }

  /// Adds the consumer if it is not there; gives its offset.
  static func add(
    _ name: String, _ start: ConsumerOffset.Start, _ database: Database
  ) throws -> Int64 {
    try check(name)
    if let known = try offset(of: name, database) { return known.sequence }
    let sequence =
      switch start {
      case .beginning: Int64(0)
      case .end: try end(database)
      case .after(let place): max(0, place)
      }
    try database.execute(
      sql: "INSERT INTO consumers (name, seq, moved_us) VALUES (?, ?, ?)",
      arguments: [name, sequence, WallTime.microseconds()])
    return sequence
  }

  static func offset(of name: String, _ database: Database) throws -> ConsumerOffset? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT name, seq, moved_us, lost FROM consumers WHERE name = ?"), arguments: [name]
    ).map(ConsumerOffset.init)
  }

  static func all(_ database: Database) throws -> [ConsumerOffset] {
    try Row.fetchAll(
      database, sql: "SELECT name, seq, moved_us, lost FROM consumers ORDER BY name"
    ).map(ConsumerOffset.init)
  }

  /// Moves the consumer forwards; to where it is, or before, does nothing. Throws if it is not there.
  static func move(_ name: String, to sequence: Int64, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "UPDATE consumers SET seq = max(seq, ?), moved_us = ? WHERE name = ?")
    try statement.execute(arguments: [sequence, WallTime.microseconds(), name])
    guard database.changesCount == 1 else { throw unknown(name) }
  }

  /// Puts the consumer at a place, backwards too: it is told everything after that again.
  static func place(_ name: String, at sequence: Int64, _ database: Database) throws {
    try check(name)
    try database.execute(
      sql: """
        INSERT INTO consumers (name, seq, moved_us) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, moved_us = excluded.moved_us
        """, arguments: [name, max(0, sequence), WallTime.microseconds()])
  }

  /// Forgets the consumer; nothing is kept for it any more. Throws if it is not there.
  static func remove(_ name: String, _ database: Database) throws {
    try database.execute(sql: "DELETE FROM consumers WHERE name = ?", arguments: [name])
    guard database.changesCount == 1 else { throw unknown(name) }
    try ParkedTable.remove(name, database)
  }

  /// The last place ever given out, whether its event is still there or not.
  static func end(_ database: Database) throws -> Int64 {
    try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'")) ?? 0
  }

  private static func unknown(_ name: String) -> BusError {
    BusError(.badName, "the log knows no consumer '\(name)'; `sightline bus stats` lists them")
  }
}

extension ConsumerOffset {
  init(_ row: Row) {
    self.init(
      name: row["name"], sequence: row["seq"], movedMicroseconds: row["moved_us"],
      lost: row["lost"])
  }
}
