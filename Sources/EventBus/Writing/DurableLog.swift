// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A log that commits batches: the lower half of a bus, and the outbox of one that forwards.
package protocol DurableLog: Sendable {
  /// Appends the records in order and moves the checkpoints, all or nothing; returns when it is durable.
  func commit(_ batch: CommitBatch) async throws(BusError) -> CommitReceipt

  /// Lets go of the log; again does nothing.
  func close() throws(BusError)
}

/// What is committed at once.
package struct CommitBatch: Hashable, Sendable {
  package var records: [BusRecord]
  /// In order; a later one of the same run and camera supersedes an earlier one.
  package var checkpoints: [BusCheckpoint]

  package init(records: [BusRecord] = [], checkpoints: [BusCheckpoint] = []) {
    self.records = records
    self.checkpoints = checkpoints
  }
}

/// What became of a batch.
package struct CommitReceipt: Hashable, Sendable {
  package var appended = 0
  /// Records that were there already.
  package var duplicates = 0
  /// Old events that had to go, by the log's policy ...
  package var dropped = 0
  /// ... and how many times one of them had not been read by a named consumer.
  package var lost = 0

  package init() {}
}
