// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// Forwarding that goes on beside whatever writes to the outbox.
package struct RunningForward: Sendable {
  private let forwarder: Forwarder
  private let task: Task<ForwardReport, any Error>

  /// Connects and begins. Throws what a user must put right; a server that does not answer is told and
  /// waited for.
  package static func start(
    from outbox: FilePath, to location: NATSLocation, consumer: String? = nil,
    observer: @escaping @Sendable (ForwardObservation) -> Void
  ) async throws(BusError) -> RunningForward {
    let store = try SQLiteOutbox(outbox, consumer: consumer ?? location.consumer)
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
        let result: Result<ForwardReport, any Error>
        do {
          result = .success(try await forwarder.run())
        } catch {
          result = .failure(error)
        }
        try? await store.close()
        return try result.get()
      })
  }

  /// Nothing more will be written to the outbox: ends when everything has arrived, or after `limit`.
  package func finish(within limit: Duration) { forwarder.finish(within: limit) }

  /// What was done, when it has ended.
  package func value() async throws -> ForwardReport {
    try await withTaskCancellationHandler {
      try await task.value
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
