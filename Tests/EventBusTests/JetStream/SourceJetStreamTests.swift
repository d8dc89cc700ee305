// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import Synchronization
import Testing

@Suite(
  "JetStream as a source", .serialized,
  .enabled(if: NATSServer.isInstalled, NATSServer.howToInstall), .timeLimit(.minutes(3)))
struct SourceJetStreamTests {
  let shop: SourceShop

  init() throws { shop = try SourceShop() }

  @Test("What was forwarded comes back event for event, in the stream's order, and only once")
  func whole() async throws {
    let server = try shop.server()
    let records = try await shop.fill(server, 0..<1500)
    let carried = try await shop.carry(server.url)
    #expect(carried == 1500)
    let copy = try await shop.copied()
    #expect(copy.map(\.id) == (try server.messages().map(\.id)))
    #expect(Set(copy) == Set(records))
    for camera in 0..<SourceShop.cameras {
      let key = "cam-\(camera)"
      #expect(
        copy.filter { $0.partitionKey == key } == records.filter { $0.partitionKey == key })
    }
    #expect(try await shop.carry(server.url) == 0)
    let more = try await shop.fill(server, 1500..<1600)
    #expect(try await shop.carry(server.url) == 100)
    #expect(Set(try await shop.copied().suffix(100)) == Set(more))
  }

  @Test("A reader that dies between the append and its acknowledgement costs nothing and no order")
  func dies() async throws {
    let server = try shop.server()
    _ = try await shop.fill(server, 0..<1000)
    var random = SeededGenerator(7)
    for _ in 0..<6 {
      let source = try shop.source(server.url)
      try await source.connect()
      let bus = try BusLocation.sqlite(shop.copy).openBus()
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let events = try await source.next(limit: Int.random(in: 1...90, using: &random))
        let count = Int.random(in: 0...events.count, using: &random)
        try await bus.append(events.prefix(count).map(\.record))
        // Some of what is on the disk was acknowledged.
        if Bool.random(using: &random), let last = events.prefix(count).last {
          try await source.taken(through: last.sequence)
        }
        if count < events.count { break }
      }
      try await bus.close()
      await source.close()
    }
    _ = try await shop.carry(server.url)
    #expect(try await shop.copied().map(\.id) == (try server.messages().map(\.id)))
    // All of it is acknowledged by now: there is nothing to bring again.
    #expect(try shop.standing(server) == [0, 0])
  }

  @Test("Two readers that share a consumer have all events both, each in order")
  func shared() async throws {
    let server = try shop.server()
    _ = try await shop.fill(server, 0..<600)
    let sources = [try shop.source(server.url), try shop.source(server.url)]
    var ids: [[String]] = [[], []]
    for source in sources { try await source.connect() }
    for round in 0..<300 where ids.contains(where: { $0.count < 600 }) {
      let index = round % 2
      let events = try await sources[index].next(limit: 20)
      ids[index] += events.map(\.record.id)
      if let last = events.last { try await sources[index].taken(through: last.sequence) }
    }
    for source in sources { await source.close() }
    let wanted = try server.messages().map(\.id)
    #expect(ids == [wanted, wanted])
  }

  @Test(
    "What is no event of ours is told with subject and place, given up once, and the others go on")
  func foreign() async throws {
    let server = try shop.server()
    _ = try await shop.fill(server, 0..<50)
    let subject = "sightline.sighting.x.y"
    for body in ["hello", "{}", "{\"id\":1}", #"{"specversion":"1.0"}"#] {
      try shop.publish(server, subject, body)
    }
    let other = try String(
      decoding: SampleSighting.event(
        phase: .opened, revision: 1, sequence: 1, lastSeen: 5
      ).json(), as: UTF8.self)
    try shop.publish(
      server, subject, other.replacing("\"simulated\":true", with: "\"simulated\":false"))
    _ = try await shop.fill(server, 50..<100)
    #expect(try await shop.carry(server.url) == 100)
    #expect(shop.skips.map(\.sequence) == [51, 52, 53, 54, 55])
    #expect(shop.skips.allSatisfy { $0.subject == subject })
    #expect(shop.skips.last?.reason.contains("simulated") == true)
    #expect(try await shop.carry(server.url) == 0)
    #expect(shop.skips.count == 5)
    #expect(try shop.standing(server) == [0, 0])
  }

  @Test("A message larger than all that is asked for at once does not stop the others")
  func large() async throws {
    let server = try shop.server("max_payload: 32MB\nmax_pending: 64MB")
    _ = try await shop.fill(server, 0..<20)
    try shop.publish(server, "sightline.sighting.x.y", bytes: 20_000_000)
    _ = try await shop.fill(server, 20..<40)
    #expect(try await shop.carry(server.url) == 40)
    #expect(shop.skips.map(\.sequence) == [21])
    #expect(shop.skips.last?.reason.contains("20000000 bytes") == true)
  }

  @Test("Truth stays on its stream unless it is asked for")
  func truth() async throws {
    let server = try shop.server()
    let records = try await shop.fill(
      server, 0..<20, truth: 5, "/SIGHTINGS?kinds=sighting,truth")
    #expect(try await shop.carry(server.url) == 20)
    #expect(try await shop.copied().allSatisfy { $0.type.contains("sighting") })
    // The same consumer for something else would be two meanings of one place.
    #expect(
      await shop.refusal(server.url + "/SIGHTINGS?kinds=sighting,truth")?.code == .otherSettings)
    #expect(
      try await shop.carry(server.url + "/SIGHTINGS?kinds=sighting,truth", consumer: "all") == 25)
    #expect(Set(try await shop.copied()) == Set(records))
    #expect(try shop.standing(server, "all") == [0, 0])
    #expect(shop.skips.isEmpty)
  }

  private final class Stop: Sendable {
    let isRaised = Mutex(false)
  }

  @Test(
    "A server that goes away under a reader is told and waited for, and nothing is lost or swapped")
  func away() async throws {
    let server = try shop.server()
    _ = try await shop.fill(server, 0..<800)
    let stop = Stop()
    let source = try shop.source(server.url, follow: true) { stop.isRaised.withLock { $0 } }
    try await source.connect()
    let bus = try BusLocation.sqlite(shop.copy).openBus()
    var bridge = BusBridge(from: source, to: bus)
    bridge.batch = 50
    let running = bridge
    async let tally = running.run(follow: true, until: { stop.isRaised.withLock { $0 } })
    try await shop.until { try await shop.copied().count >= 100 }
    server.kill()
    try await shop.until { !shop.troubles.isEmpty }
    try server.start()
    _ = try await shop.fill(server, 800..<1200)
    try await shop.until { try await shop.copied().count >= 1200 }
    stop.isRaised.withLock { $0 = true }
    _ = try await tally
    try await bus.close()
    await source.close()
    #expect(try await shop.copied().map(\.id) == (try server.messages().map(\.id)))
    #expect(shop.troubles.allSatisfy { $0.code == .unreachable })
  }

  @Test(
    "A frozen server is noticed, and one that is not there yet is waited for; patience has an end")
  func frozen() async throws {
    let port = NATSServer.freePort()
    let early = try shop.source("nats://127.0.0.1:\(port)", patience: .milliseconds(300))
    try await early.connect()
    await #expect(throws: BusError.self) { _ = try await early.next(limit: 1) }
    #expect(shop.troubles.first?.code == .unreachable)

    let server = try shop.server(port: port)
    _ = try await shop.fill(server, 0..<100)
    let source = try shop.source(server.url)
    try await source.connect()
    let first = try await source.next(limit: 30)
    let before = shop.troubles.count
    server.freeze()
    try await source.taken(through: first.last?.sequence ?? 0)
    #expect(shop.troubles.count > before)
    server.thaw()
    let rest = try await source.next(limit: 100)
    #expect((first + rest).map(\.sequence) == (1...100).map { $0 })
    await source.close()
  }

  @Test("A consumer or a stream that is removed under a reader is made again or told")
  func removed() async throws {
    let server = try shop.server()
    _ = try await shop.fill(server, 0..<100)
    let source = try shop.source(server.url)
    try await source.connect()
    let first = try await source.next(limit: 60)
    try await source.taken(through: 60)
    try Workshop.request(server, "$JS.API.CONSUMER.DELETE.SIGHTINGS.copy")
    let rest = try await source.next(limit: 100)
    #expect((first + rest).map(\.sequence) == (1...100).map { $0 })
    try await source.taken(through: 100)

    // Made anew, the stream counts from 1, and what is there now was never read.
    try Workshop.request(server, "$JS.API.STREAM.DELETE.SIGHTINGS")
    let other = try SourceShop()
    let fresh = try await other.fill(server, 500..<700)
    #expect(Set(try await source.next(limit: 200).map(\.record)) == Set(fresh))
    try await source.taken(through: 200)
    try Workshop.request(server, "$JS.API.STREAM.DELETE.SIGHTINGS")
    await #expect(throws: BusError.self) { _ = try await source.next(limit: 1) }
    await source.close()
  }
}
