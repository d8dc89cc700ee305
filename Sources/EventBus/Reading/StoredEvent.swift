// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

/// A record with its place on the log.
package struct StoredEvent: Hashable, Sendable {
  /// Rises along the log; numbers may be missing, so go on with `>`.
  package let sequence: Int64
  package let record: BusRecord

  package init(sequence: Int64, record: BusRecord) {
    self.sequence = sequence
    self.record = record
  }
}

extension StoredEvent {
  /// The events of a bus after `place` for which `condition`, with its order and limit, holds.
  static func fetch(
    _ database: Database, after place: Int64, _ condition: String,
    _ arguments: StatementArguments
  ) throws -> [StoredEvent] {
    let statement = try database.cachedStatement(
      sql: "SELECT \(EventRows.columns) FROM events WHERE \(condition)")
    try statement.setArguments(arguments)
    return try EventRows.all(statement, after: place, of: database)
  }
}
