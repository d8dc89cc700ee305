// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Testing

@Suite(
  "JetStream: what it will never take", .serialized,
  .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall), .timeLimit(.minutes(2)))
struct ParkingJetStreamTests {
  let shop: JetStreamShop
  private var folder: URL { shop.shop.folder }

  init() throws { shop = try JetStreamShop() }

  private func large(_ number: Int) -> BusRecord {
    let record = JetStreamShop.record(number)
    return BusRecord(
      id: record.id, type: record.type, subject: record.subject,
      partitionKey: record.partitionKey, timeMicroseconds: record.timeMicroseconds,
      body: Array(
        String(decoding: record.body, as: UTF8.self)
          .replacing("\"n\"", with: "\"large\":\"\(String(repeating: "y", count: 4000))\",\"n\"")
          .utf8))
  }

  /// Three hundred events, of which three are large.
  private func fill() async throws {
    try await shop.append(0..<100)
    _ = try await shop.log.commit(CommitBatch(records: (100..<103).map(large)))
    try await shop.append(103..<300)
  }

  private func check(_ server: NATSServer) throws {
    let ids = Set(try server.messages().map(\.id))
    #expect(ids == Set((0..<300).map { "id-\($0)" }).subtracting((100..<103).map { "id-\($0)" }))
  }

  @Test("Events over the server's max_payload are parked, and go when it is raised")
  func maximumPayload() async throws {
    var server = try NATSServer(folder, "max_payload: 3000")
    try await fill()
    let report = try await shop.forward(server.url)
    #expect(report.parked == 3 && report.waiting == 0 && report.forwarded == 297, "\(report)")
    #expect(report.parkedReason?.contains("max_payload") == true)
    try check(server)
    server.kill()
    server = try NATSServer(folder, port: server.port)
    let parked = try await RunningForward.start(
      from: shop.shop.path(), to: try JetStreamShop.location(server.url), parked: true
    ) { _ in }
    parked.finish(within: .seconds(30))
    let again = await parked.value()
    #expect(again.forwarded == 3 && again.isComplete, "\(again)")
    #expect(try server.messages().count == 300)
  }

  @Test("Ids that no header carries are parked, and never mistaken for one another")
  func oddIDs() async throws {
    let server = try NATSServer(folder)
    let odd = ["a\u{0}b", "a\u{0}c", "x\ny", "x y", "x\ry", "", "e\r\nNats-Rollup: all"]
    try await shop.append(0..<20)
    let records = odd.map { id in
      let record = JetStreamShop.record(0)
      return BusRecord(
        id: id, type: record.type, subject: record.subject, partitionKey: record.partitionKey,
        timeMicroseconds: record.timeMicroseconds, body: record.body)
    }
    _ = try await shop.log.commit(CommitBatch(records: records))
    let report = try await shop.forward(server.url)
    #expect(report.parked == odd.count && report.forwarded == 20, "\(report)")
    #expect(Set(try server.messages().map(\.id)) == Set((0..<20).map { "id-\($0)" }))
  }

  @Test("Events over the stream's max_msg_size are parked")
  func maximumMessage() async throws {
    let server = try NATSServer(folder)
    try Workshop.request(
      server, "$JS.API.STREAM.CREATE.SIGHTINGS",
      """
      {"name":"SIGHTINGS","subjects":["sightline.sighting.>"],"max_msg_size":3000,"discard":"new",\
      "storage":"file","num_replicas":1,"retention":"limits","max_msgs":-1,"max_bytes":-1,"max_age":0,\
      "duplicate_window":120000000000}
      """)
    try await fill()
    let report = try await shop.forward(server.url)
    #expect(report.parked == 3 && report.waiting == 0 && report.forwarded == 297, "\(report)")
    #expect(report.parkedReason?.contains("max_msg_size") == true)
    try check(server)
  }

  private func guarded(_ permissions: String) throws -> (NATSServer, String) {
    let server = try NATSServer(
      folder,
      """
      authorization { users = [ { user: me, password: p, permissions: {
        publish: { \(permissions) }, subscribe: ["_INBOX.>"] } } ] }
      """)
    let file = folder.appending(path: "pw")
    try Data("p".utf8).write(to: file)
    return (server, "nats://me@\(server.address)?password-file=\(file.path())")
  }

  @Test("A camera that may not be published is parked; the others flow on")
  func permission() async throws {
    let (server, text) = try guarded(
      """
      allow: ["$JS.API.>", "sightline.sighting.>"], deny: ["sightline.sighting.test.cam-3"]
      """)
    try await shop.append(0..<500)
    let report = try await shop.forward(text)
    #expect(report.parked == 100 && report.waiting == 0 && report.forwarded == 400, "\(report)")
    #expect(report.parkedReason?.contains("cam-3") == true)
    withExtendedLifetime(server) {}
  }

  @Test("Who may not ask what the stream has is told so at once, and nothing is sent on a guess")
  func question() async throws {
    let (server, text) = try guarded(
      """
      allow: ["$JS.API.>", "sightline.sighting.>"],
      deny: ["$JS.API.STREAM.MSG.GET.>", "$JS.API.DIRECT.GET.>"]
      """)
    try await shop.append(0..<50)
    let report = try await shop.forward(text, within: .seconds(3))
    #expect(report.waiting == 50 && report.forwarded == 0, "\(report)")
    #expect(
      shop.troubles.contains { $0.code == .notAllowed && "\($0)".contains("MSG.GET") },
      "\(shop.troubles)")
    withExtendedLifetime(server) {}
  }

  @Test("A stream that forgets ids too soon is told of")
  func forgetful() async throws {
    let server = try NATSServer(folder)
    try await shop.append(0..<5)
    let short = try await shop.forward(server.url + "/SIGHTINGS?duplicates=5s")
    #expect(short.server?.contains("ids for 5 s only") == true, "\(short)")
    let long = try await shop.forward(server.url + "/LONG?duplicates=20s&prefix=long")
    #expect(long.server?.contains("only") == false, "\(long)")
  }

  /// Asks a program that sends this greeting, an expression of Python, byte by byte with pauses.
  private func greeting(_ text: String, pause: Double = 0) throws -> ServerGreeting {
    let script = """
      import socket, time
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
      print(s.getsockname()[1], flush=True)
      c, _ = s.accept()
      try:
          for b in \(text):
              c.send(bytes([b])); time.sleep(\(pause))
      except OSError: pass
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", script]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    defer { process.terminate() }
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    let server = try JetStreamShop.location("nats://127.0.0.1:\(port)").servers[0]
    return try ServerGreeting(server, within: .seconds(pause > 0 ? 1 : 10))
  }

  @Test("A server that greets a byte at a time is given up in the time of one greeting")
  func dribble() {
    expectBusError(.unreachable) {
      _ = try greeting(#"b'INFO {"version":"2.10.0"}' + b" " * 100 + b"\r\n""#, pause: 0.1)
    }
  }

  @Test("What a server says of itself steers no terminal")
  func controlCharacters() throws {
    let found = try greeting(
      #"b'INFO {"version":"2.1\\u001b[2J\\u0007\\u009b\\u202e\\u2028x' + b"y" * 5000 + b'"}\r\n'"#)
    #expect(found.version.hasPrefix("2.1 [2J    xyy"), "\(found.version)")
    #expect(found.version.count <= 64)
  }
}
