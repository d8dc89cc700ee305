// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A bus that keeps nothing and says at once that it is done: for what a pipeline takes without a disk.
package struct DiscardingBus: EventBus {
  package init() {}

  package func append(_ batch: [BusRecord], checkpoint: BusCheckpoint?) async throws {}

  package func submit(
    _ records: [BusRecord], checkpoint: BusCheckpoint?,
    completion: (@Sendable (Result<Void, BusError>) -> Void)?
  ) async throws {
    completion?(.success(()))
  }

  package func flush() async throws {}

  package func close() async throws {}
}
