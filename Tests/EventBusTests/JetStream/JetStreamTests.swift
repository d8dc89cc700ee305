// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Testing

@Suite(
  "JetStream", .serialized, .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall),
  .timeLimit(.minutes(3)))
struct JetStreamTests {
  let shop: JetStreamShop

  init() throws { shop = try JetStreamShop() }

  private func server(_ lines: String = "") throws -> NATSServer {
    try NATSServer(shop.shop.folder, lines)
  }

  @Test("Events arrive whole, once and in order, as CloudEvents in structured mode")
  func plain() async throws {
    let server = try server()
    try await shop.append(0..<3000)
    let report = try await shop.forward(server.url)
    #expect(report.forwarded == 3000 && report.duplicates == 0 && report.waiting == 0)
    #expect(report.server?.contains("1 replica; acknowledged by one server's memory") == true)
    let messages = try server.messages(bodies: true)
    JetStreamShop.check(messages, total: 3000)
    let number = 1234
    let found = try #require(messages.first { $0.id == "id-\(number)" })
    #expect(found.contentType == "application/cloudevents+json")
    #expect(Array(found.body.utf8) == JetStreamShop.record(number).body)
  }

  @Test("What is sent again is dropped by its id, and counted")
  func again() async throws {
    let server = try server()
    try await shop.append(0..<500)
    try await shop.forward(server.url)
    // Another outbox with the same events knows nothing of the first; other events hide which were last.
    let other = try JetStreamShop()
    try await other.append(0..<500)
    let report = try await other.forward(server.url)
    #expect(report.forwarded == 500 && report.duplicates == 500)
    JetStreamShop.check(try server.messages(), total: 500)
    // The offset was kept: nothing is sent a second time.
    #expect(try await shop.forward(server.url).forwarded == 0)
  }

  @Test("After the server has forgotten ids, the stream itself is asked what it has")
  func forgotten() async throws {
    let server = try server()
    try await shop.append(0..<500)
    try await shop.forward(server.url + "/SIGHTINGS?duplicates=1s")
    try await Task.sleep(for: .seconds(2.5))
    // A crash lost the offset, which is worse than any that can be.
    let other = try JetStreamShop()
    try await other.append(0..<700)
    let report = try await other.forward(server.url)
    #expect(report.duplicates == 500 && report.forwarded == 700)
    JetStreamShop.check(try server.messages(), total: 700)
  }

  @Test(
    "A stream with other settings is refused, with both values",
    arguments: [
      ("replicas=3", "replicas=1", "replicas=3"),
      ("storage=memory", "storage=file", "storage=memory"),
      ("max-bytes=1M", "max-bytes=unlimited", "max-bytes=1000000"),
      ("max-age=2d", "max-age=unlimited", "max-age=172800s"),
      ("duplicates=60s", "duplicates=120s", "duplicates=60s"),
      ("discard=old", "discard=new", "discard=old"),
      ("max-messages=9", "max-messages=unlimited", "max-messages=9"),
      ("kinds=sighting,search", "sightline.sighting.>", "sightline.search.>"),
    ])
  func settings(wanted: String, has: String, told: String) async throws {
    let server = try server()
    #expect(await shop.refusal(server.url) == nil)
    let error = await shop.refusal(server.url + "/SIGHTINGS?" + wanted)
    #expect(error?.code == .otherSettings, "\(error as Any)")
    #expect(error?.message.contains(has) == true && error?.message.contains(told) == true)
  }

  @Test(
    "A stream that wants another's subjects, or more replicas than there are servers, is refused")
  func impossible() async throws {
    let server = try server()
    #expect(await shop.refusal(server.url) == nil)
    #expect(await shop.refusal(server.url + "/OTHER")?.code == .otherSettings)
    #expect(await shop.refusal(server.url + "/OTHER?prefix=p&replicas=3")?.code == .otherSettings)
  }

  @Test("A full stream keeps what it has; the rest waits, and goes when there is room")
  func full() async throws {
    let server = try server()
    try await shop.append(0..<400)
    let text = server.url + "/SIGHTINGS?max-messages=250"
    let report = try await shop.forward(text, within: .seconds(2))
    #expect(report.waiting == 150 && report.trouble?.contains("full") == true, "\(report)")
    #expect(shop.troubles.contains { $0.code == .full })
    JetStreamShop.check(try server.messages(), total: 250)
    try Workshop.request(server, "$JS.API.STREAM.PURGE.SIGHTINGS")
    #expect(try await shop.forward(text).waiting == 0)
    JetStreamShop.check(try server.messages(), total: 150)
  }

  @Test("A server that goes away and comes back loses nothing, and is told of once")
  func away() async throws {
    let server = try server()
    let forward = try await shop.start(server.url)
    try await shop.append(0..<2000)
    try await Task.sleep(for: .milliseconds(200))
    server.kill()
    try await shop.append(2000..<6000)
    try await Task.sleep(for: .seconds(1))
    try server.start()
    try await shop.append(6000..<8000)
    forward.finish(within: .seconds(60))
    let report = await forward.value()
    #expect(report.waiting == 0 && report.connections == 2)
    JetStreamShop.check(try server.messages(), total: 8000)
  }

  @Test("A frozen server is noticed, and what it was sent is not doubled when it thaws")
  func frozen() async throws {
    let server = try server()
    let forward = try await shop.start(server.url)
    try await shop.append(0..<1000)
    server.freeze()
    try await shop.append(1000..<3000)
    try await Task.sleep(for: .seconds(5))
    #expect(shop.troubles.contains { $0.code == .unreachable })
    server.thaw()
    forward.finish(within: .seconds(60))
    #expect(await forward.value().waiting == 0)
    JetStreamShop.check(try server.messages(), total: 3000)
  }

  @Test("A server that is not there yet is waited for")
  func late() async throws {
    let port = NATSServer.freePort()
    let forward = try await shop.start("nats://127.0.0.1:\(port)")
    try await shop.append(0..<100)
    let server = try NATSServer(shop.shop.folder, port: port)
    forward.finish(within: .seconds(60))
    #expect(await forward.value().forwarded == 100)
    JetStreamShop.check(try server.messages(), total: 100)
    #expect(shop.troubles.first?.code == .unreachable)
  }
}
