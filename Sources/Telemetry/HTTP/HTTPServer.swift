// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch
internal import Glibc
internal import Synchronization

/// Answers GET and HEAD on a loopback address: small pages, made when they are asked for.
///
/// One thread serves all connections, and no more than a few dozen at a time; each is one request and must come
/// and go within a time limit. Where all places are taken, whoever comes takes that of the one that has been silent
/// the longest, so that idle and slow clients keep nobody out. Every bound is small and fixed, so that no client can
/// take memory, descriptors or threads from what the process is there for.
package final class HTTPServer: Sendable {
  /// Makes the answer to a request for a path; called on the server's thread. `nil` for a path that is not
  /// there.
  package typealias Responder = @Sendable (_ path: String) -> HTTPResponse?

  package struct Limits: Hashable, Sendable {
    /// Connections at a time; who comes then takes the place of a silent one, or waits for one that is being
    /// served.
    package var connections = 64
    /// Nanoseconds from a connection's beginning to its end.
    package var time: UInt64 = 5_000_000_000

    package init() {}
  }

  /// Where it listens, with the port that was found.
  package let address: LoopbackAddress
  private let listener: Int32
  /// A pipe whose other end wakes the thread.
  private let wake: (reader: Int32, writer: Int32)
  private let stopping = Atomic(false)
  private let done = DispatchSemaphore(value: 0)

  /// Listens, and answers until `stop`.
  ///
  /// - Throws: `TelemetryError` where the port is taken.
  package init(
    on wanted: LoopbackAddress, limits: Limits = Limits(), responder: @escaping Responder
  ) throws(TelemetryError) {
    (listener, address) = try Sockets.listen(on: wanted)
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      close(listener)
      throw TelemetryError(.cannotListen, "cannot make a pipe: \(Sockets.reason)")
    }
    for end in ends { Sockets.makeQuiet(end) }
    wake = (ends[0], ends[1])
    let loop = HTTPLoop(listener: listener, wake: ends[0], limits: limits, responder: responder)
    DispatchQueue(label: "sightline.http").async { [self] in
      loop.run { stopping.load(ordering: .acquiring) }
      done.signal()
    }
  }

  /// Ends all connections and gives the port back; returns when that is done.
  package func stop() {
    guard !stopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var byte: UInt8 = 0
    unsafe _ = write(wake.writer, &byte, 1)
    done.wait()
    for descriptor in [listener, wake.reader, wake.writer] { close(descriptor) }
  }
}
