// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension BusLocation {
  /// Opens the bus for appending, or makes it. Throws `BusError`.
  package func openBus(
    onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
  ) throws(BusError) -> any EventBus {
    switch self {
    case .sqlite(let path): return GroupCommitWriter(log: try SQLiteLog(path), onCommit: onCommit)
    case .nats: throw notALog
    }
  }

  /// Opens the bus for the consumer of that name. Throws `BusError`.
  package func openSource(
    consumer: String, from start: ConsumerOffset.Start = .beginning
  ) throws(BusError) -> any EventSource {
    switch self {
    case .sqlite(let path): return try SQLiteConsumer(consumer, on: path, from: start)
    case .nats: throw notALog
    }
  }

  /// Events go to a stream from a log, by a `Forwarder`.
  private var notALog: BusError {
    BusError(
      .unknownLocation, "\(self) is no log; `sightline bus forward` carries one there")
  }
}
