// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// Forwarding that goes on beside whatever writes to the outbox.
package struct RunningForward: Sendable {
  private let forwarder: Forwarder
  private let task: Task<ForwardReport, Never>

  /// Connects and begins. Throws what a user must put right; a server that does not answer is told and
  /// waited for. `parked` tries what was parked again, and nothing else.
  package static func start(
    from outbox: FilePath, to location: NATSLocation, consumer: String? = nil, parked: Bool = false,
    observer: @escaping @Sendable (ForwardObservation) -> Void
  ) async throws(BusError) -> RunningForward {
    let name = consumer ?? location.consumer
    let store: any OutboxStore =
      parked
      ? try ParkedOutbox(outbox, consumer: name) : try SQLiteOutbox(outbox, consumer: name)
    return try await start(from: store, to: location, observer: observer)
  }

  /// The same from any outbox, which is closed at the end.
  package static func start(
    from store: any OutboxStore, to location: NATSLocation,
    observer: @escaping @Sendable (ForwardObservation) -> Void
  ) async throws(BusError) -> RunningForward {
    let forwarder = Forwarder(from: store, to: JetStreamTarget(location), observer: observer)
    do {
      try await forwarder.connect()
    } catch {
      try? await store.close()
      throw error
    }
    return RunningForward(
      forwarder: forwarder,
      task: Task {
        let report = await forwarder.run()
        try? await store.close()
        return report
      })
  }

  /// Nothing more will be written to the outbox: ends when everything has arrived, or after `limit`.
  package func finish(within limit: Duration) { forwarder.finish(within: limit) }

  /// What was done, when it has ended. The outbox's own trouble is told in it.
  package func value() async -> ForwardReport {
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }
}

extension NATSLocation {
  /// What the consumer that forwards to here is called on an outbox: by the stream and its servers, not by
  /// who logs in.
  package var consumer: String {
    "forward " + servers.map(\.description).joined(separator: ",") + "/" + stream.name
  }
}
