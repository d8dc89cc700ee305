// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

/// The table `parked`: events that a consumer could not bring where they belong, with the reason. They count
/// as taken, and are kept until they are tried again or their consumer is dropped.
enum ParkedTable {
  /// Parks events, or gives those that are parked another reason.
  static func park(
    _ events: [ParkedEvent], for consumer: String, at time: Int64, _ database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO parked (consumer, seq, reason, parked_us) VALUES (?, ?, ?, ?)
        ON CONFLICT (consumer, seq)
        DO UPDATE SET reason = excluded.reason, parked_us = excluded.parked_us
        """)
    for event in events {
      try statement.execute(arguments: [consumer, event.sequence, event.reason, time])
    }
  }

  /// Forgets those up to `place` that were parked before `time`.
  static func forget(
    _ consumer: String, to place: Int64, before time: Int64, _ database: Database
  ) throws {
    try database.cachedStatement(
      sql: "DELETE FROM parked WHERE consumer = ? AND seq <= ? AND parked_us < ?"
    ).execute(arguments: [consumer, place, time])
  }

  static func remove(_ consumer: String, _ database: Database) throws {
    try database.execute(sql: "DELETE FROM parked WHERE consumer = ?", arguments: [consumer])
  }

  /// How many there are of each consumer, and why the latest was parked.
  static func counts(_ database: Database) throws -> [String: (count: Int, reason: String)] {
    // SQLite gives the row that max() is from.
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT consumer, count(*), reason, max(parked_us) FROM parked GROUP BY consumer")
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, ($0[1], $0[2])) })
  }

  static func count(_ database: Database) throws -> Int {
    try Int.fetchOne(database.cachedStatement(sql: "SELECT count(*) FROM parked")) ?? 0
  }

  /// Forgets those up to `place` whose events are no more, and adds them to what their consumers lost.
  /// Returns how many.
  static func lose(to place: Int64, _ database: Database) throws -> Int {
    let gone = """
      parked.seq <= ? AND NOT EXISTS (SELECT 1 FROM events WHERE events.seq = parked.seq)
      """
    try database.cachedStatement(
      sql: """
        UPDATE consumers SET lost = lost + (
          SELECT count(*) FROM parked WHERE parked.consumer = consumers.name AND \(gone))
        """
    ).execute(arguments: [place])
    try database.cachedStatement(sql: "DELETE FROM parked WHERE \(gone)")
      .execute(arguments: [place])
    return database.changesCount
  }
}
