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
  /// The events of a bus for which `condition`, with its order and limit, holds.
  static func fetch(
    _ database: Database, _ condition: String, _ arguments: StatementArguments
  ) throws -> [StoredEvent] {
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT seq, id, type, subject, partition_key, time_us, body FROM events
          WHERE \(condition)
          """), arguments: arguments)
    var found: [StoredEvent] = []
    while let row = try rows.next() {
      let body: String = row[6]
      found.append(
        StoredEvent(
          sequence: row[0],
          record: BusRecord(
            id: row[1], type: row[2], subject: row[3], partitionKey: row[4],
            timeMicroseconds: row[5], body: Array(body.utf8))))
    }
    return found
  }
}
