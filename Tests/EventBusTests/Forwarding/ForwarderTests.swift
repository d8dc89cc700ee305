// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Synchronization
import Testing

@Suite("Forwarder")
struct ForwarderTests {
  let outbox = FakeOutbox()

  private func records(_ range: Range<Int>, cameras: Int = 7) -> [BusRecord] {
    range.map { Workshop.record($0, camera: "cam-\($0 % cameras)", bytes: 4) }
  }

  @Test("Everything arrives in order and the offset follows")
  func plain() async throws {
    let bus = FakeFarBus()
    outbox.append(records(0..<5000))
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: .seconds(60))
    let report = await forwarder.run()
    #expect(report.forwarded == 5000 && report.duplicates == 0 && report.waiting == 0)
    let ids = bus.ids
    #expect(ids.count == 5000)
    #expect(Set(ids).count == 5000)
    #expect(outbox.offset() == 5000)
  }

  @Test(
    "Through lost acknowledgements, refusals and broken connections nothing is lost, twice or swapped",
    arguments: 0..<8)
  func faults(seed: Int) async throws {
    let forgets = seed % 2 == 1
    let bus = FakeFarBus(seed: seed, faults: forgets ? 0.01 : 0.03, forgets: forgets)
    let total = 1500
    let cameras = 3 + seed
    outbox.append(records(0..<total, cameras: cameras))
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: .seconds(120))
    let report = await forwarder.run()
    #expect(report.waiting == 0 && report.forwarded == total, "\(report)")
    let ids = bus.ids
    #expect(ids.count == total)
    for camera in 0..<cameras {
      let inOrder =
        bus.ids(of: "cam-\(camera)")
        == (0..<total).filter { $0 % cameras == camera }.map { "id-\($0)" }
      #expect(inOrder)
    }
  }

  @Test("A forwarder that died is followed by one that sends the rest, once, whatever it had sent")
  func died() async throws {
    let bus = FakeFarBus(seed: 4, forgets: true)
    outbox.append(records(0..<4000))
    for _ in 0..<4 {
      // It dies before it moves its offset: what it sent last is known to the other bus alone.
      let mortal = MortalOutbox(outbox)
      let forwarder = Forwarder(from: mortal, to: bus)
      let task = Task { await forwarder.run() }
      let before = bus.ids.count
      while bus.ids.count < min(4000, before + 300) { try await Task.sleep(for: .milliseconds(1)) }
      mortal.isDead.withLock { $0 = true }
      task.cancel()
      _ = await task.value
    }
    let last = Forwarder(from: outbox, to: bus)
    last.finish(within: .seconds(60))
    #expect(await last.run().waiting == 0)
    let ids = bus.ids
    #expect(ids.count == 4000)
    #expect(Set(ids).count == 4000)
  }

  @Test("A bus that is away is waited for, with what it costs in memory bounded")
  func away() async throws {
    let bus = FakeFarBus()
    bus.state.withLock { $0.isUp = false }
    let told = Mutex<[String]>([])
    let forwarder = Forwarder(from: outbox, to: bus) { observation in
      switch observation {
      case .trouble(let error): told.withLock { $0.append(error.code.name) }
      case .recovered: told.withLock { $0.append("recovered") }
      case .connected: told.withLock { $0.append("connected") }
      case .progress, .parked: break
      }
    }
    try await forwarder.connect()
    let task = Task { await forwarder.run() }
    outbox.append(records(0..<20_000))
    try await Task.sleep(for: .milliseconds(300))
    #expect(bus.ids.isEmpty)
    bus.state.withLock { $0.isUp = true }
    forwarder.finish(within: .seconds(60))
    let report = await task.value
    #expect(report.forwarded == 20_000 && bus.ids.count == 20_000)
    // Told once, not at each of the tries.
    #expect(changes(told.withLock { $0 }) == ["unreachable", "connected", "recovered"])
  }

  @Test("When time is up, what waits is counted and stays")
  func timeUp() async throws {
    let bus = FakeFarBus()
    bus.state.withLock { $0.isUp = false }
    outbox.append(records(0..<100))
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: .milliseconds(100))
    let report = await forwarder.run()
    #expect(report.waiting == 100 && report.forwarded == 0 && outbox.offset() == 0)
    #expect(report.trouble?.contains("away") == true)
  }

  @Test("What a user must put right is told at once, not waited for")
  func definite() async throws {
    let bus = FakeFarBus()
    bus.state.withLock { $0.definite = BusError(.refused, "who are you?") }
    let forwarder = Forwarder(from: outbox, to: bus)
    await #expect(throws: BusError(.refused, "who are you?")) { try await forwarder.connect() }
  }

  @Test("Events of kinds the other bus does not take are passed over and hold nothing up")
  func kinds() async throws {
    let bus = FakeFarBus()
    let others = (100..<150).map {
      BusRecord(
        id: "o\($0)", type: "test.other", subject: "s", partitionKey: "cam-1", timeMicroseconds: 0,
        body: [])
    }
    outbox.append(records(0..<50) + others)
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: .seconds(60))
    let report = await forwarder.run()
    #expect(report.forwarded == 50 && report.passedOver == 50 && report.waiting == 0)
    #expect(outbox.offset() == 100)
  }
}

/// A log as the outbox: the forwarder is a consumer of it like any other.
@Suite("Forwarding from a log")
struct LogForwarderTests {
  private func forward(
    _ shop: Workshop, to bus: FakeFarBus, within limit: Duration
  ) async throws -> ForwardReport {
    let store = try SQLiteOutbox(shop.path(), consumer: "forward")
    let forwarder = Forwarder(from: store, to: bus)
    forwarder.finish(within: limit)
    let report = await forwarder.run()
    try await store.close()
    return report
  }

  @Test(
    "What waits is the consumer's lag and is kept, whatever the log's limits; what has arrived may go"
  )
  func consumer() async throws {
    let shop = try Workshop()
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<300))
    let tables = try LogTables(shop.path())
    var policy = try tables.retention()
    policy.maximumEvents = 10
    try tables.setRetention(policy)
    let bus = FakeFarBus()
    bus.state.withLock { $0.isUp = false }
    #expect(try await forward(shop, to: bus, within: .milliseconds(50)).waiting == 300)
    let reader = try SQLiteLogReader(shop.path())
    let before = try await reader.survey().consumers
    #expect(before.map(\.name) == ["forward"] && before.map(\.lag) == [300])
    let kept = try tables.trim()
    #expect(kept == 0)

    bus.state.withLock { $0.isUp = true }
    let report = try await forward(shop, to: bus, within: .seconds(60))
    #expect(report.forwarded == 300 && report.waiting == 0)
    #expect(bus.ids == (0..<300).map { "id-\($0)" })
    #expect(try await reader.survey().consumers.map(\.lag) == [0])
    #expect(try await log.offset(of: "forward") == 300)
    let dropped = try tables.trim()
    #expect(dropped == 290)

    // Dropped events are not missed, and new ones go on from there.
    _ = try await log.commit(Workshop.batch(300..<305))
    #expect(try await forward(shop, to: bus, within: .seconds(60)).forwarded == 5)
    #expect(bus.ids.count == 305)
  }
}

/// An outbox that a process no longer reaches once it is dead.
private final class MortalOutbox: OutboxStore {
  let log: FakeOutbox
  let isDead = Mutex(false)

  init(_ log: FakeOutbox) { self.log = log }

  func offset() -> Int64 { log.offset() }
  func move(to sequence: Int64) throws(BusError) {
    if !isDead.withLock({ $0 }) { try log.move(to: sequence) }
  }
  func events(after sequence: Int64, limit: Int) throws(BusError) -> [StoredEvent] {
    try log.events(after: sequence, limit: limit)
  }
  func park(_ events: [ParkedEvent]) throws(BusError) { try log.park(events) }
  func count(after sequence: Int64) -> Int { log.count(after: sequence) }
  func version() -> Int? { log.version() }
}

/// The same trouble may be told again when its cause reads otherwise.
private func changes(_ told: [String]) -> [String] {
  told.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
}
