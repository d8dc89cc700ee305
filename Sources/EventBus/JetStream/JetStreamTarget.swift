// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch
internal import Synchronization

/// A stream that events are forwarded to.
package final class JetStreamTarget: ForwardTarget {
  package let location: NATSLocation
  /// All calls of the library, which may block.
  private let queue = DispatchQueue(label: "sightline.nats")
  private let ring: Mutex<ServerRing>

  package init(_ location: NATSLocation) {
    self.location = location
    ring = Mutex(ServerRing(location.servers))
  }

  package var name: String { location.description }

  package func takes(type: String) -> Bool {
    location.stream.kinds.contains(EventSubject.kind(ofType: type))
  }

  package func place(of record: BusRecord) -> String { location.subject(of: record) }

  /// Tries each server once. A server that refuses us is told, if none takes us.
  package func connect(
    _ receiver: any ForwardReceiver
  ) async throws(BusError) -> any ForwardSession {
    var worst: BusError?
    for server in ring.withLock({ $0.round }) {
      do throws(BusError) {
        let session = try await connect(server, receiver)
        let learnt = session.context.discovered
        ring.withLock { $0.answered(server, knows: learnt) }
        return session
      } catch {
        if worst == nil || worst?.code == .unreachable { worst = error }
      }
    }
    throw worst ?? BusError(.unknownLocation, "\(name) names no server")
  }

  private func connect(
    _ server: NATSLocation.Server, _ receiver: any ForwardReceiver
  ) async throws(BusError) -> JetStreamSession {
    let (location, queue) = (location, queue)
    let result: Result<JetStreamSession, BusError> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { () throws(BusError) in
            try JetStreamSession(location, server, receiver, on: queue)
          })
      }
    }
    return try result.get()
  }

  /// The version of the client library.
  package static var libraryVersion: String { NATSError.libraryVersion }
}
