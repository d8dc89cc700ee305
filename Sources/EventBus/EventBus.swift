// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Where events go. At least once, and in order within a partition key; an event is on the bus when
/// `append` returns.
package protocol EventBus: Sendable {
  /// Appends `batch` together with the checkpoint it leads to: after a crash both are there, or neither.
  /// Returns when they are durable. An empty batch moves only the checkpoint.
  func append(_ batch: [BusRecord], checkpoint: BusCheckpoint?) async throws

  /// Hands `records` over, to be made durable together with `checkpoint`; returns when they are
  /// accepted, which takes as long as there is no room. `completion` is called when they are durable, or
  /// never will be.
  func submit(
    _ records: [BusRecord], checkpoint: BusCheckpoint?,
    completion: (@Sendable (Result<Void, BusError>) -> Void)?
  ) async throws

  /// Returns when everything submitted before is durable.
  func flush() async throws

  /// Flushes, and lets go of the bus. Nothing can be appended afterwards.
  func close() async throws
}

extension EventBus {
  package func append(_ batch: [BusRecord]) async throws {
    try await append(batch, checkpoint: nil)
  }
}
