// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Synchronization
import Telemetry
import Testing

@Suite("HTTP server", .serialized)
struct HTTPServerTests {
  private let hello = "GET /hello HTTP/1.1\r\n\r\n"

  private func server(
    _ limits: HTTPServer.Limits = .init(), body: String = "hello\n"
  ) throws -> HTTPServer {
    var limits = limits
    // None of these tests is about time, but for the one that says so.
    if limits.time == HTTPServer.Limits().time { limits.time = 120_000_000_000 }
    return try HTTPServer(on: LoopbackAddress("127.0.0.1:0"), limits: limits) { path in
      path == "/hello" ? HTTPResponse(status: 200, body: body) : nil
    }
  }

  @Test("GET, HEAD, other methods, other paths and other bytes have their statuses")
  func statuses() throws {
    let server = try server()
    defer { server.stop() }
    let hello = try Client(server).ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(hello.hasPrefix("HTTP/1.1 200 OK\r\n") && hello.hasSuffix("\r\n\r\nhello\n"))
    #expect(hello.contains("Content-Length: 6\r\n") && hello.contains("Connection: close\r\n"))
    let head = try Client(server).ask("HEAD /hello HTTP/1.1\r\n\r\n")
    #expect(head.hasPrefix("HTTP/1.1 200") && head.hasSuffix("\r\n\r\n"))
    #expect(head.contains("Content-Length: 6\r\n"))
    let post = try Client(server).ask("POST /hello HTTP/1.1\r\n\r\n")
    #expect(post.hasPrefix("HTTP/1.1 405") && post.contains("Allow: GET, HEAD\r\n"))
    #expect(try Client(server).ask("GET /other HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 404"))
    #expect(try Client(server).ask("\u{16}\u{3}\u{1}\n").hasPrefix("HTTP/1.1 400"))
  }

  @Test("A request that comes byte by byte is answered, and others do not wait for it")
  func pieces() throws {
    let server = try server()
    defer { server.stop() }
    let slow = try Client(server)
    let text = "GET /hello HTTP/1.1\r\n\r\n"
    for byte in text.utf8.dropLast() {
      try slow.send([byte])
    }
    #expect(try Client(server).ask(text).hasPrefix("HTTP/1.1 200"))
    try slow.send([0x0A])
    #expect(try slow.answer().hasPrefix("HTTP/1.1 200"))
  }

  @Test("An answer larger than a socket's buffer arrives whole")
  func large() throws {
    let body = String(repeating: "0123456789abcdef", count: 1 << 18)
    let server = try server(body: body)
    defer { server.stop() }
    let answer = try Client(server).ask("GET /hello HTTP/1.1\r\n\r\n")
    #expect(answer.hasSuffix("\r\n\r\n" + body))
  }

  @Test("Those that say nothing are ended when their time is up")
  func bounded() throws {
    var limits = HTTPServer.Limits()
    limits.time = 300_000_000
    let server = try server(limits)
    defer { server.stop() }
    let silent = try (0..<3).map { _ in try Client(server) }
    try silent[0].send(Array("GET /hel".utf8))
    #expect(try silent[0].answer().hasPrefix("HTTP/1.1 408"))
    #expect(try silent[1].answer() == "" && silent[2].answer() == "")
    #expect(try Client(server).ask(hello).hasPrefix("HTTP/1.1 200"))
  }

  @Test("Idle clients keep nobody out: one of them gives way, and no more than one")
  func idle() throws {
    let server = try server()
    defer { server.stop() }
    // All places, of clients that say nothing and of some that never come to an end of it. Their time is two
    // minutes, and a client of ours gives up long before.
    let idle = try (0..<HTTPServer.Limits().connections).map { number in
      let client = try Client(server)
      if number % 3 == 0 { try client.send(Array(hello.utf8.prefix(8))) }
      return client
    }
    for _ in 0..<20 {
      #expect(try Client(server).ask(hello).hasPrefix("HTTP/1.1 200"))
    }
    let open = idle.indices.filter { !idle[$0].isEnded }
    #expect(open.count == idle.count - 1)
    // Who is still there may yet ask.
    for number in open {
      let rest = hello.dropFirst(number % 3 == 0 ? 8 : 0)
      #expect(try idle[number].ask(String(rest)).hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("Clients that do not take their answers keep nobody out either")
  func stuck() throws {
    var limits = HTTPServer.Limits()
    limits.connections = 3
    // More than the buffers of a connection hold.
    let server = try server(limits, body: String(repeating: "x", count: 16 << 20))
    defer { server.stop() }
    let stuck = try (0..<3).map { _ in
      let client = try Client(server)
      try client.send(Array(hello.utf8))
      return client
    }
    for _ in 0..<5 {
      #expect(try Client(server).ask("HEAD /hello HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 200"))
    }
    withExtendedLifetime(stuck) {}
  }

  @Test("A crowd that comes at once is answered, every one of it")
  func crowd() throws {
    var limits = HTTPServer.Limits()
    limits.connections = 8
    let server = try server(limits)
    defer { server.stop() }
    let crowd = try (0..<100).map { _ in
      let client = try Client(server)
      try client.send(Array(hello.utf8))
      return client
    }
    for client in crowd { #expect(try client.answer().hasPrefix("HTTP/1.1 200")) }
  }

  @Test("Clients that go away in the middle, and garbage, leave the server as it was")
  func hostile() throws {
    let body = String(repeating: "x", count: 1 << 20)
    let server = try server(body: body)
    defer { server.stop() }
    var random = SystemRandomNumberGenerator()
    for round in 0..<200 {
      let client = try Client(server)
      if round % 2 == 0 {
        // Asks for a large page and goes at once.
        try client.send(Array("GET /hello HTTP/1.1\r\n\r\n".utf8))
      } else {
        let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
        try client.send(noise)
      }
      client.close()
    }
    #expect(try Client(server).ask("GET /hello HTTP/1.1\r\n\r\n").hasSuffix(body))
  }

  @Test("A port that is taken is told, and is free again after a stop")
  func port() throws {
    let first = try server()
    #expect(first.address.port > 0)
    #expect(throws: TelemetryError.self) {
      _ = try HTTPServer(on: first.address) { _ in nil }
    }
    first.stop()
    let second = try HTTPServer(on: first.address) { _ in nil }
    second.stop()
    second.stop()
  }

  @Test(
    "Only addresses of this machine are taken",
    arguments: [
      "0.0.0.0:80", "10.0.0.1:80", "192.168.1.1:80", "8.8.8.8:80", "[::]:80", "example.org:80",
      "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0:1", "127.0.0.256:1",
      "127.0.0.1.5:1", ":80", "", "127.0.0.1:+80", "128.0.0.1:1", "127.0.0.1:80:80",
    ])
  func addresses(text: String) {
    #expect(throws: TelemetryError.self) { _ = try LoopbackAddress(text) }
  }

  @Test("Addresses are told as they were given")
  func told() throws {
    #expect("\(try LoopbackAddress("127.0.0.1:9464"))" == "127.0.0.1:9464")
    #expect("\(try LoopbackAddress("localhost:0"))" == "127.0.0.1:0")
    #expect(try LoopbackAddress("127.9.8.7:1").bytes == [127, 9, 8, 7])
  }
}

/// A client that does no more than it is told.
private final class Client {
  private let descriptor: Int32
  private var isOpen = true

  init(_ server: HTTPServer) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = server.address.port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    // A server that makes it wait is told apart from one that hangs.
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Whether the other side has ended it, or told something; without waiting.
  var isEnded: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT | MSG_PEEK)) >= 0
  }

  deinit { close() }

  func close() {
    guard isOpen else { return }
    isOpen = false
    Glibc.close(descriptor)
  }

  func send(_ bytes: [UInt8]) throws {
    let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    try #require(count == bytes.count)
  }

  /// Everything until the other side ends.
  func answer() throws -> String {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count <= 0 { break }
      all += piece[..<count]
    }
    return String(decoding: all, as: UTF8.self)
  }

  func ask(_ text: String) throws -> String {
    try send(Array(text.utf8))
    return try answer()
  }
}
