// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Synchronization
import Testing

/// Against a bus that forgets ids at once: whatever is sent twice is there twice.
@Suite("Forwarder: what may be there already")
struct DoubtForwarderTests {
  let outbox = FakeOutbox()
  let bus = FakeFarBus(forgets: true)

  private func forward(_ observer: @escaping @Sendable (ForwardObservation) -> Void = { _ in })
    async -> ForwardReport
  {
    let forwarder = Forwarder(from: outbox, to: bus, observer: observer)
    forwarder.finish(within: .seconds(60))
    return await forwarder.run()
  }

  /// An earlier process sent these and died before it said so.
  private func sent(_ records: some Sequence<BusRecord>) {
    bus.state.withLock { state in
      for record in records {
        state.stored.append(record)
        state.lastIDs[bus.place(of: record)] = record.id
      }
    }
  }

  private func record(_ number: Int, _ type: String = "test.made") -> BusRecord {
    BusRecord(
      id: "id-\(number)", type: type, subject: "s", partitionKey: "cam-\(number % 3)",
      timeMicroseconds: 0, body: [])
  }

  @Test("An event that was not acknowledged in time is asked for before it is sent again")
  func late() async {
    bus.state.withLock { state in
      state.swallows = Set((0..<500).filter { $0 % 7 == 0 }.map { "id-\($0)" })
    }
    outbox.append((0..<500).map { record($0) })
    let report = await forward()
    #expect(report.waiting == 0 && report.forwarded == 500 && report.duplicates == 72)
    #expect(bus.ids.count == 500 && Set(bus.ids).count == 500)
  }

  @Test("As long as the other bus does not say what it has, nothing is sent")
  func mute() async {
    let records = (0..<300).map { record($0) }
    sent(records.prefix(120))
    outbox.append(records)
    bus.state.withLock { $0.mute = 3 }
    let told = Mutex(0)
    let report = await forward { observation in
      if case .trouble = observation { told.withLock { $0 += 1 } }
    }
    #expect(report.waiting == 0 && told.withLock { $0 } > 0)
    #expect(report.duplicates == 120)
    #expect(bus.ids.count == 300 && Set(bus.ids).count == 300)
  }

  @Test("Time that is up between two of a thousand questions is heeded before the next")
  func stopped() async {
    let cameras = (0..<1000).map {
      BusRecord(
        id: "id-\($0)", type: "test.made", subject: "s", partitionKey: "cam-\($0)",
        timeMicroseconds: 0, body: [])
    }
    sent(cameras)
    outbox.append(cameras)
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: .seconds(60))
    bus.state.withLock { state in
      state.atQuestion = { [weak forwarder] in forwarder?.finish(within: .zero) }
    }
    let report = await forwarder.run()
    #expect(report.waiting == 1000 && report.forwarded == 0, "\(report)")
    let asked = bus.state.withLock { $0.asked }
    #expect(asked > 0 && asked < 50, "\(asked)")
    #expect(bus.ids.count == 1000, "what is in doubt is not sent")

    // With time, all are asked for.
    bus.state.withLock { $0.atQuestion = {} }
    #expect(await forward().duplicates == 1000)
    #expect(bus.ids.count == 1000)
  }

  @Test(
    "Where everything is forbidden, what an earlier process had sent does not get the rest parked")
  func forbidden() async {
    let records = (0..<3000).map { record($0) }
    sent(records.prefix(900))
    outbox.append(records)
    bus.state.withLock { $0.refuses = { _ in .denied(BusError(.notAllowed, "not you")) } }
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: .milliseconds(500))
    let report = await forwarder.run()
    #expect(report.forwarded == 900 && report.duplicates == 900, "\(report)")
    #expect(report.parked == 0 && report.waiting == 2100 && outbox.parked.isEmpty, "\(report)")
  }

  @Test("A camera's events of several kinds, which go to several places, are each looked for")
  func kinds() async {
    let records = (0..<90).map { record($0, ["test.made", "test.seen", "test.gone"][$0 / 3 % 3]) }
    for count in [31, 50, 64] {
      bus.state.withLock { ($0.stored, $0.lastIDs) = ([], [:]) }
      let outbox = FakeOutbox()
      outbox.append(records)
      sent(records.prefix(count))
      let forwarder = Forwarder(from: outbox, to: bus)
      forwarder.finish(within: .seconds(60))
      let report = await forwarder.run()
      #expect(report.duplicates == count && report.forwarded == 90)
      #expect(bus.ids.count == 90 && Set(bus.ids).count == 90)
    }
  }

  @Test("An outbox that another program holds for a while is waited for")
  func held() async {
    outbox.append((0..<2000).map { record($0) })
    outbox.hold(4)
    let told = Mutex<[String]>([])
    let report = await forward { observation in
      switch observation {
      case .trouble(let error): told.withLock { $0.append(error.code.name) }
      case .recovered: told.withLock { $0.append("recovered") }
      default: break
      }
    }
    #expect(report.failure == nil && report.isComplete && report.forwarded == 2000)
    #expect(told.withLock { $0 }.first == "locked" && told.withLock { $0 }.last == "recovered")
  }

  @Test("A consumer that is dropped meanwhile ends forwarding with a report, and nothing is lost")
  func dropped() async throws {
    let shop = try Workshop()
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<100))
    let store = try SQLiteOutbox(shop.path(), consumer: "forward")
    try LogTables(shop.path()).removeConsumer("forward")
    let forwarder = Forwarder(from: store, to: bus)
    let report = await forwarder.run()
    #expect(report.failure?.contains("knows no consumer 'forward'") == true, "\(report)")
    #expect(!report.isComplete)
    try await store.close()
    #expect(try await SQLiteLogReader(shop.path()).statistics().count == 100)
    try log.close()
  }
}
