// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The one thread of a server: waits for whatever can go on, and does that.
struct HTTPLoop {
  private struct Connection {
    let descriptor: Int32
    let deadline: UInt64
    var received: [UInt8] = []
    /// What is still to be sent; `nil` until the request is whole.
    var answer: ArraySlice<UInt8>?
    var isOver = false
    /// Whether there was nothing to do for it at the last look. One that just came has not been looked at.
    var isSilent = false
  }

  let listener: Int32
  let wake: Int32
  let limits: HTTPServer.Limits
  let responder: HTTPServer.Responder

  /// Serves until `isStopped` says so, after the wake descriptor became readable.
  func run(isStopped: () -> Bool) {
    var connections: [Connection] = []
    while !isStopped() {
      var waits = [
        pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
      ]
      for connection in connections {
        let events = connection.answer == nil ? POLLIN : POLLOUT
        waits.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
      }
      guard unsafe poll(&waits, nfds_t(waits.count), timeout(connections)) >= 0 || errno == EINTR
      else { break }
      let now = Sockets.now()
      for index in connections.indices {
        connections[index].isSilent = waits[index + 2].revents == 0
        if !connections[index].isSilent { advance(&connections[index]) }
        if now > connections[index].deadline { expire(&connections[index]) }
      }
      sweep(&connections)
      if waits[0].revents != 0 { accept(into: &connections) }
    }
    for connection in connections { close(connection.descriptor) }
  }

  /// Milliseconds until the first connection's time is up; -1 for ever.
  private func timeout(_ connections: [Connection]) -> Int32 {
    guard let first = connections.map(\.deadline).min() else { return -1 }
    let now = Sockets.now()
    return first > now ? Int32(min((first - now) / 1_000_000 + 1, 60_000)) : 0
  }

  private func sweep(_ connections: inout [Connection]) {
    for connection in connections where connection.isOver { close(connection.descriptor) }
    connections.removeAll(where: \.isOver)
  }

  /// Lets in who waits. Where all places are taken a silent one gives its place away, so that nobody waits
  /// for those that say nothing; else they wait, in the system's own queue, for those that are being served.
  private func accept(into connections: inout [Connection]) {
    while true {
      if connections.count >= limits.connections {
        guard Sockets.canRead(listener), makeRoom(in: &connections) else { return }
      }
      switch Sockets.accept(from: listener) {
      case .connection(let descriptor):
        connections.append(
          Connection(descriptor: descriptor, deadline: Sockets.now() &+ limits.time))
      case .none: return
      case .exhausted:
        // The process has no descriptor left: what is held is given up first. With nothing to give, a
        // short rest, since whoever waits is told of again at once.
        if !makeRoom(in: &connections) { Sockets.rest(milliseconds: 50) }
        return
      }
    }
  }

  /// Ends the oldest one that was silent at the last look: one that owes a request before one that does not
  /// take its answer. Whoever came since is not among them.
  private func makeRoom(in connections: inout [Connection]) -> Bool {
    let index =
      connections.firstIndex { $0.isSilent && $0.answer == nil }
      ?? connections.firstIndex(where: \.isSilent)
    guard let index else { return false }
    expire(&connections[index])
    sweep(&connections)
    return true
  }

  private func advance(_ connection: inout Connection) {
    if connection.answer == nil { receive(&connection) }
    if connection.answer != nil { send(&connection) }
  }

  private func receive(_ connection: inout Connection) {
    guard let bytes = Sockets.receive(from: connection.descriptor, most: 4_096) else {
      connection.isOver = true
      return
    }
    connection.received += bytes
    switch HTTPRequest.read(connection.received) {
    case .incomplete: break
    case .refused(let status):
      connection.answer = HTTPResponse(status: status).bytes(withBody: true)[...]
    case .request(let request):
      let response =
        request.method == .other
        ? HTTPResponse(status: 405) : responder(request.path) ?? HTTPResponse(status: 404)
      connection.answer = response.bytes(withBody: request.method != .head)[...]
    }
  }

  private func send(_ connection: inout Connection) {
    guard let answer = connection.answer else { return }
    guard let sent = Sockets.send(answer, to: connection.descriptor) else {
      connection.isOver = true
      return
    }
    let left = answer.dropFirst(sent)
    connection.answer = left
    guard left.isEmpty else { return }
    // Read on what came behind a refused head, or its end would reset the connection before the answer is
    // read; bounded by the deadline.
    Sockets.endSending(connection.descriptor)
    _ = Sockets.receive(from: connection.descriptor, most: 65_536)
    connection.isOver = true
  }

  /// One whose time is up, or whose place is wanted, is told, if it said anything and that can be done at once.
  private func expire(_ connection: inout Connection) {
    guard !connection.isOver else { return }
    if connection.answer == nil, !connection.received.isEmpty {
      _ = Sockets.send(
        HTTPResponse(status: 408).bytes(withBody: true)[...], to: connection.descriptor)
    }
    connection.isOver = true
  }
}
