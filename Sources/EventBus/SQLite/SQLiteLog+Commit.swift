// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

extension SQLiteLog {
  /// When the log is full of what its consumers have not read, and the policy keeps that for them, waits
  /// for them for `Options.patience`, then throws `held`.
  package func commit(_ batch: CommitBatch) async throws(BusError) -> CommitReceipt {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: patience)
    while true {
      do throws(BusError) {
        return try await asyncTransaction { try Self.write(batch, to: $0) }
      } catch {
        guard error.code == .held, clock.now < deadline else { throw error }
        do {
          try await clock.sleep(for: .milliseconds(50))
        } catch {
          throw BusError(.held, "\(path): the wait for its consumers was cancelled")
        }
      }
    }
  }

  private static func write(_ batch: CommitBatch, to database: Database) throws -> CommitReceipt {
    var receipt = CommitReceipt()
    let now = WallTime.microseconds()
    let insertion = try EventInsertion(database)
    var books = SightingBooks()
    for record in batch.records {
      if let place = try insertion.insert(record, arrived: now) {
        receipt.appended += 1
        books.note(record, at: place)
      } else {
        receipt.duplicates += 1
      }
    }
    insertion.finish()
    try books.write(to: database)
    // Checkpoints come with every frame, so most of them are superseded within their batch.
    var latest: [[String]: BusCheckpoint] = [:]
    for checkpoint in batch.checkpoints {
      latest[[checkpoint.runID, checkpoint.camera]] = checkpoint
    }
    let move = try database.cachedStatement(
      sql: """
        INSERT INTO checkpoints (run_id, camera, frame_seq, time_us, recent)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (run_id, camera)
        DO UPDATE SET frame_seq = excluded.frame_seq, time_us = excluded.time_us,
        recent = excluded.recent
        WHERE excluded.frame_seq > frame_seq
        """)
    for checkpoint in latest.values {
      try move.execute(arguments: [
        checkpoint.runID, checkpoint.camera, checkpoint.frameSequence, checkpoint.timeMicroseconds,
        checkpoint.recentText,
      ])
    }
    let dropped = try RetentionTable.enforce(
      database, now: now, atMost: max(64, 4 * batch.records.count), mayHold: receipt.appended > 0)
    receipt.dropped = dropped.events
    receipt.lost = dropped.lost
    return receipt
  }
}
