// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// A bus that counts what it is given and keeps nothing: for measuring what comes before a bus.
package final class NullBus: EventBus {
  private let state = Mutex((records: 0, bytes: 0))

  package init() {}

  /// Records taken, and bytes of their bodies.
  package var taken: (records: Int, bytes: Int) { state.withLock { $0 } }

  package func append(_ batch: [BusRecord], checkpoint: BusCheckpoint?) async throws {
    let bytes = batch.reduce(0) { $0 + $1.body.count }
    state.withLock { $0 = ($0.records + batch.count, $0.bytes + bytes) }
  }

  package func submit(
    _ records: [BusRecord], checkpoint: BusCheckpoint?,
    completion: (@Sendable (Result<Void, BusError>) -> Void)?
  ) async throws {
    try await append(records, checkpoint: checkpoint)
    completion?(.success(()))
  }

  package func flush() async throws {}

  package func close() async throws {}
}
