// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import Sightings

extension SQLiteLog {
  /// Begins a run, or resumes the newest of this key if that did not finish. `fresh` always begins.
  ///
  /// `key` stands for everything that decides what the run does: the same key means the same run.
  /// `facts` is what a reader of the log should know of the run, as a JSON object.
  package func beginRun(
    key: String, facts: String = "{}", fresh: Bool = false
  ) throws(BusError) -> RunTicket {
    try transaction { database in
      let newest = try Row.fetchOne(
        database,
        sql: """
          SELECT run_id, attempt, state FROM runs WHERE run_key = ? ORDER BY attempt DESC LIMIT 1
          """, arguments: [key])
      if let newest, newest["state"] != RunEnd.finished.rawValue {
        let runID: String = newest["run_id"]
        if !fresh {
          try database.execute(
            sql: "UPDATE runs SET state = 'running', ended_us = NULL WHERE run_id = ?",
            arguments: [runID])
          return RunTicket(
            runID: runID, key: key, attempt: newest["attempt"],
            resumedFrom: try Self.checkpoints(of: runID, database))
        }
        try database.execute(
          sql: "UPDATE runs SET state = 'stopped' WHERE run_id = ?", arguments: [runID])
      }
      let attempt = (newest?["attempt"] ?? 0) + 1
      let runID = Identifiers.name("run", [key, String(attempt)], bytes: 8)
      try database.execute(
        sql: """
          INSERT INTO runs (run_id, run_key, attempt, state, started_us, facts)
          VALUES (?, ?, ?, 'running', ?, ?)
          """, arguments: [runID, key, attempt, WallTime.microseconds(), facts])
      return RunTicket(runID: runID, key: key, attempt: attempt, resumedFrom: nil)
    }
  }

  /// Records how the run ended. Flush its events first.
  package func finishRun(_ runID: String, _ end: RunEnd) throws(BusError) {
    try transaction { database in
      try database.execute(
        sql: "UPDATE runs SET state = ?, ended_us = ? WHERE run_id = ?",
        arguments: [end.rawValue, WallTime.microseconds(), runID])
      guard database.changesCount == 1 else {
        throw BusError(.failed, "\(path) knows no run \(runID); begin it first")
      }
    }
  }

  static func checkpoints(of runID: String, _ database: Database) throws -> [String: BusCheckpoint]
  {
    var found: [String: BusCheckpoint] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT camera, frame_seq, time_us, recent FROM checkpoints WHERE run_id = ?",
      arguments: [runID])
    while let row = try rows.next() {
      let camera: String = row["camera"]
      found[camera] = BusCheckpoint(
        runID: runID, camera: camera, frameSequence: row["frame_seq"],
        timeMicroseconds: row["time_us"],
        recent: BusCheckpoint.recent(row["recent"], camera: camera))
    }
    return found
  }
}
