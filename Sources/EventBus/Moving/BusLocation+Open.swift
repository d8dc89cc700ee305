// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension BusLocation {
  /// Opens the bus for appending, or makes it. Throws `BusError`.
  package func openBus(
    onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
  ) throws(BusError) -> any EventBus {
    switch self {
    case .sqlite(let path): GroupCommitWriter(log: try SQLiteLog(path), onCommit: onCommit)
    }
  }

  /// Opens the bus for the consumer of that name. Throws `BusError`.
  package func openSource(
    consumer: String, from start: ConsumerOffset.Start = .beginning
  ) throws(BusError) -> any EventSource {
    switch self {
    case .sqlite(let path): try SQLiteConsumer(consumer, on: path, from: start)
    }
  }
}
