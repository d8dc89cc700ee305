// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB

extension SQLiteLog {
  /// Runs on the database's own queue, so no thread of the caller's pool is blocked. A cancelled caller
  /// does not stop it: others may wait for the same batch.
  package func commit(_ batch: CommitBatch) async throws(BusError) -> CommitReceipt {
    let path = path
    let result: Result<CommitReceipt, BusError> = await withCheckedContinuation { continuation in
      pool.asyncWrite({ try Self.write(batch, to: $0) }) { _, result in
        continuation.resume(returning: result.mapError { BusError($0, path) })
      }
    }
    return try result.get()
  }

  private static func write(_ batch: CommitBatch, to database: Database) throws -> CommitReceipt {
    var receipt = CommitReceipt()
    let insert = try database.cachedStatement(
      sql: """
        INSERT INTO events (id, type, subject, partition_key, time_us, body)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """)
    for record in batch.records {
      try insert.execute(arguments: [
        record.id, record.type, record.subject, record.partitionKey, record.timeMicroseconds,
        String(decoding: record.body, as: UTF8.self),
      ])
      if database.changesCount > 0 { receipt.appended += 1 } else { receipt.duplicates += 1 }
    }
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
    return receipt
  }
}
