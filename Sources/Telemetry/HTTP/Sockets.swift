// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The few calls on sockets that a small server needs; none of them waits but `rest`.
enum Sockets {
  /// Nanoseconds on the monotonic clock.
  static func now() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// What the last call failed for.
  static var reason: String { unsafe String(cString: strerror(errno)) }

  static func listen(
    on address: LoopbackAddress
  ) throws(TelemetryError) -> (Int32, LoopbackAddress) {
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, flags | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else {
      throw TelemetryError(.cannotListen, "cannot make a socket: \(reason)")
    }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = address.port.bigEndian
    place.sin_addr.s_addr = address.bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }.bigEndian
    var length = size
    let status = unsafe withUnsafeMutablePointer(to: &place) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard unsafe bind(descriptor, generic, size) == 0, Glibc.listen(descriptor, 128) == 0 else {
          return Int32(-1)
        }
        return unsafe getsockname(descriptor, generic, &length)
      }
    }
    guard status == 0 else {
      let why = reason
      close(descriptor)
      throw TelemetryError(
        .cannotListen, "cannot listen on \(address): \(why); give another port, or 0 for a free one"
      )
    }
    var found = address
    found.port = UInt16(bigEndian: place.sin_port)
    return (descriptor, found)
  }

  enum Accepted {
    case connection(Int32)
    case none
    /// One waits, and there is no descriptor or no memory for it.
    case exhausted
  }

  /// The next connection that waits.
  static func accept(from listener: Int32) -> Accepted {
    let descriptor = Glibc.accept(listener, nil, nil)
    guard descriptor >= 0 else {
      return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted : .none
    }
    makeQuiet(descriptor)
    return .connection(descriptor)
  }

  /// Whether something has come, or somebody waits.
  static func canRead(_ descriptor: Int32) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wait, 1, 0) > 0
  }

  static func rest(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

  /// Lets no call wait, and no program that is started have it.
  static func makeQuiet(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// What has come, perhaps nothing; `nil` when the other side has ended.
  static func receive(from descriptor: Int32, most: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: most)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
    }
    if count < 0 { return errno == EAGAIN || errno == EINTR ? [] : nil }
    return count == 0 ? nil : Array(bytes[..<count])
  }

  /// How many bytes were taken, perhaps none; `nil` when the other side has gone.
  static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
    // Not by `write`: a client that goes away must not end the process with SIGPIPE.
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count < 0 { return errno == EAGAIN || errno == EINTR ? 0 : nil }
    return count
  }

  static func endSending(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_WR)) }
}
