// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import Sightings

extension SQLiteLog {
  /// What the run of `ticket` must know of what was before. O(open sightings + cameras).
  ///
  /// Only a resumed run remembers whom it saw: another run's capture times mean nothing to it.
  package func recovery(for ticket: RunTicket) throws(BusError) -> Recovery {
    try transaction { database in
      let open = try Self.events(
        database,
        "SELECT seq, body FROM events WHERE seq IN (SELECT seq FROM open_sightings) ORDER BY seq")
      var lastSequence: [String: Int64] = [:]
      for event in try Self.events(
        database, "SELECT seq, body FROM events WHERE seq IN (SELECT seq FROM last_events)")
      {
        guard (0..<Int64.max / 2).contains(event.sequence) else {
          throw BusError(
            .damaged, "\(path) has an impossible sequence number; use another bus file")
        }
        lastSequence[event.partitionKey] = event.sequence
      }
      let recent = (ticket.resumedFrom ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value.recent)
      return Recovery(open: open, lastSequence: lastSequence, recent: recent)
    }
  }

  private static func events(
    _ database: Database, _ sql: String
  ) throws -> [SightingEvent] {
    var found: [SightingEvent] = []
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() {
      let body: String = row["body"]
      do {
        found.append(try SightingEvent(json: Array(body.utf8)))
      } catch {
        let seq: Int64 = row["seq"]
        throw BusError(
          .damaged, "event \(seq) is no sighting this version reads; use another bus file",
          cause: "\(error)")
      }
    }
    return found
  }
}
