// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import FoundationEssentials
internal import Glibc

/// What a server says of itself to whoever connects: the client library does not hand it on.
package struct ServerGreeting: Decodable, Hashable, Sendable {
  package private(set) var version: String
  var serverName: String?
  var cluster: String?
  var jetstream: Bool?

  private enum CodingKeys: String, CodingKey {
    case version, cluster, jetstream
    case serverName = "server_name"
  }

  /// Connects, reads one line and goes. Blocks for `limit` at most, but for the look-up of the name, however
  /// many addresses that has and however slowly the server speaks.
  ///
  /// A server that is frozen takes connections (its kernel does) and says nothing: it is told apart here
  /// before the library waits for it.
  package init(
    _ server: NATSLocation.Server, within limit: Duration = .seconds(2)
  ) throws(BusError) {
    let line = try Self.firstLine(server, limit)
    guard line.starts(with: "INFO ".utf8),
      let greeting = try? JSONDecoder().decode(
        ServerGreeting.self, from: Data(line.dropFirst(5)))
    else {
      throw BusError(.otherSettings, "\(server) is no NATS server; check host and port")
    }
    self = greeting
    version = ServerText.shown(greeting.version, limit: 64)
  }

  private static func firstLine(
    _ server: NATSLocation.Server, _ limit: Duration
  ) throws(BusError) -> [UInt8] {
    let silent = BusError(
      .unreachable, "\(server) takes connections but does not speak; is the server stopped?")
    var deadline = ContinuousClock.now.advanced(by: limit)
    let descriptor = try connected(server, limit, &deadline)
    defer { close(descriptor) }
    var line: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while !line.contains(UInt8(ascii: "\n")) {
      // A server that sends a byte now and then must not have a new limit with each.
      guard wait(at: descriptor, until: deadline) else { throw silent }
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      guard count > 0, line.count < 1 << 20 else { throw silent }
      line += piece[..<count]
    }
    return line
  }

  /// Lets the next call on the socket wait until `deadline`; `false` when that is past.
  private static func wait(
    at descriptor: Int32, until deadline: ContinuousClock.Instant
  ) -> Bool {
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else { return false }
    let microseconds = max(1, Int(left / .microseconds(1)))
    var limit = timeval(
      tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
    let size = socklen_t(MemoryLayout<timeval>.size)
    // On Linux the time to send also bounds the connecting.
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    return true
  }

  /// The look-up of the name has limits of its own; `deadline` counts from its end.
  private static func connected(
    _ server: NATSLocation.Server, _ limit: Duration, _ deadline: inout ContinuousClock.Instant
  ) throws(BusError) -> Int32 {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(server.host, String(server.port), &hints, &found)
    guard status == 0 else {
      throw BusError(
        .unreachable, "the host '\(server.host)' is not known; check its name",
        cause: unsafe String(cString: gai_strerror(status)))
    }
    defer { unsafe freeaddrinfo(found) }
    deadline = ContinuousClock.now.advanced(by: limit)
    var reason: Int32 = 0
    var next = unsafe found
    while let address = unsafe next {
      let descriptor = unsafe socket(
        address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
      if descriptor >= 0 {
        if wait(at: descriptor, until: deadline),
          unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
        {
          return descriptor
        }
        reason = errno
        close(descriptor)
      } else {
        reason = errno
      }
      unsafe next = address.pointee.ai_next
    }
    throw BusError(
      .unreachable, "nothing answers at \(server); will try again",
      cause: unsafe String(cString: strerror(reason)))
  }
}
