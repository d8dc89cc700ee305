// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
package import Sightings

extension SQLiteLog {
  /// What the run of `ticket` must know of what was before. O(open sightings + cameras + recent events).
  ///
  /// `now` is the wall clock's time, to which the cool-down is measured, whatever run saw the subject. On
  /// the virtual clock leave it out: another run's times mean nothing then, so only a resumed run has a
  /// memory, measured to its own checkpoints.
  package func recovery(
    for ticket: RunTicket, coolDown: Duration, now: Timestamp? = nil
  ) throws(BusError) -> Recovery {
    try transaction { database in
      let open = try Self.events(
        database,
        "SELECT seq, body FROM events WHERE seq IN (SELECT seq FROM open_sightings) ORDER BY seq")
      var lastSequence: [String: Int64] = [:]
      for event in try Self.events(
        database, "SELECT seq, body FROM events WHERE seq IN (SELECT seq FROM last_events)")
      {
        lastSequence[event.partitionKey] = event.sequence
      }
      var recent: [RecentSubject] = []
      for camera in lastSequence.keys.sorted() {
        let checkpoint = ticket.resumedFrom?[camera].map {
          Timestamp(microseconds: $0.timeMicroseconds)
        }
        guard let reference = now ?? checkpoint else { continue }
        let oldest = reference.advanced(by: .zero - coolDown)
        var seen: [(SightingEvent, Timestamp)] = try Self.events(
          database,
          """
          SELECT seq, body FROM events WHERE partition_key = ? AND time_us >= ?
          AND type GLOB 'org.sightline.sighting.*' ORDER BY seq
          """, [camera, oldest.microseconds]
        ).map { ($0, $0.data.lastSeen) }
        // An open sighting was in view when its run died, however old its last revision.
        for event in open where event.partitionKey == camera {
          let last = try Self.lastFrame(of: event.data.provenance.runID, camera, database)
          seen.append((event, max(event.data.lastSeen, last ?? event.data.lastSeen)))
        }
        recent += Self.recent(
          seen.filter { now != nil || $0.0.data.provenance.runID == ticket.runID }, since: oldest)
      }
      return Recovery(open: open, lastSequence: lastSequence, recent: recent)
    }
  }

  private static func recent(
    _ seen: [(SightingEvent, Timestamp)], since oldest: Timestamp
  ) -> [RecentSubject] {
    var latest: [UInt64: (camera: String, time: Timestamp)] = [:]
    for (event, time) in seen where event.data.decision == .alert && time > oldest {
      guard let name = event.data.candidates.first?.subjectID,
        let subject = SubjectName.number(name)
      else { continue }
      latest[subject] = (event.partitionKey, max(time, latest[subject]?.time ?? time))
    }
    return latest.sorted { $0.key < $1.key }.map {
      RecentSubject(camera: $0.value.camera, subject: $0.key, lastSeen: $0.value.time)
    }
  }

  private static func lastFrame(
    of runID: String, _ camera: String, _ database: Database
  ) throws -> Timestamp? {
    try Int64.fetchOne(
      database, sql: "SELECT time_us FROM checkpoints WHERE run_id = ? AND camera = ?",
      arguments: [runID, camera]
    ).map { Timestamp(microseconds: $0) }
  }

  private static func events(
    _ database: Database, _ sql: String, _ arguments: StatementArguments = []
  ) throws -> [SightingEvent] {
    var found: [SightingEvent] = []
    let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
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
