// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Synchronization
import Testing

@Suite("Forwarder: what is never taken")
struct ParkingForwarderTests {
  let outbox = FakeOutbox()
  let bus = FakeFarBus()

  private func forward(
    _ total: Int, cameras: Int = 7, within limit: Duration = .seconds(60),
    refusing refuses: @escaping @Sendable (BusRecord) -> ForwardOutcome?
  ) async -> ForwardReport {
    bus.state.withLock { $0.refuses = refuses }
    outbox.append(
      (0..<total).map { Workshop.record($0, camera: "cam-\($0 % cameras)", bytes: 4) })
    let forwarder = Forwarder(from: outbox, to: bus)
    forwarder.finish(within: limit)
    return await forwarder.run()
  }

  @Test("Events that are too large are parked with the reason, all others arrive in order")
  func refused() async {
    let large = Set(stride(from: 3, to: 3000, by: 41).map { "id-\($0)" })
    let report = await forward(3000) { record in
      large.contains(record.id) ? .refused(BusError(.failed, "too large")) : nil
    }
    #expect(report.parked == large.count && report.waiting == 0 && !report.isComplete)
    #expect(report.forwarded == 3000 - large.count)
    #expect(Set(outbox.parked.keys.map { "id-\($0 - 1)" }) == large)
    #expect(outbox.parked.values.allSatisfy { $0 == "too large" })
    #expect(outbox.offset() == 3000)
    for camera in 0..<7 {
      let wanted = (0..<3000).filter { $0 % 7 == camera }.map { "id-\($0)" }
      #expect(bus.ids(of: "cam-\(camera)") == wanted.filter { !large.contains($0) })
    }
  }

  @Test("More refusals than a window holds stop nobody")
  func many() async {
    let report = await forward(20_000, cameras: 2) { record in
      record.partitionKey == "cam-1" ? .refused(BusError(.failed, "too large")) : nil
    }
    #expect(report.parked == 10_000 && report.forwarded == 10_000 && report.waiting == 0)
  }

  @Test("A camera whose subject is forbidden is parked, and told once")
  func forbidden() async {
    let told = Mutex(0)
    bus.state.withLock {
      $0.refuses = { record in
        record.partitionKey == "cam-3" ? .denied(BusError(.notAllowed, "not you")) : nil
      }
    }
    outbox.append((0..<2000).map { Workshop.record($0, camera: "cam-\($0 % 5)", bytes: 4) })
    let forwarder = Forwarder(from: outbox, to: bus) { observation in
      if case .parked = observation { told.withLock { $0 += 1 } }
    }
    forwarder.finish(within: .seconds(60))
    let report = await forwarder.run()
    #expect(report.parked == 400 && report.forwarded == 1600 && report.waiting == 0)
    #expect(told.withLock { $0 } == 1)
  }

  @Test("Where everything is forbidden nothing is parked: it waits, and the reason is told")
  func allForbidden() async {
    let report = await forward(100, within: .milliseconds(500)) { _ in
      .denied(BusError(.notAllowed, "not you"))
    }
    #expect(report.parked == 0 && report.waiting == 100 && outbox.parked.isEmpty)
    #expect(report.trouble?.contains("not you") == true)
    #expect(outbox.offset() == 0)
  }

  @Test("A camera that is forbidden after it was served is parked, before a window fills behind it")
  func withdrawn() async {
    let report = await forward(40_000, cameras: 50) { record in
      record.partitionKey == "cam-3" && Self.number(record) >= 1000
        ? .denied(BusError(.notAllowed, "not you")) : nil
    }
    #expect(report.parked == 780 && report.forwarded == 39_220, "\(report)")
    #expect(report.waiting == 0 && outbox.offset() == 40_000)
    #expect(outbox.parked.keys.allSatisfy { $0 % 50 == 4 && $0 > 1000 })
  }

  @Test("Where everything is forbidden after a while, nothing is parked")
  func allWithdrawn() async {
    let count = Mutex(0)
    let report = await forward(40_000, cameras: 50, within: .milliseconds(500)) { _ in
      let isOver = count.withLock { count in
        count += 1
        return count > 12_345
      }
      return isOver ? .denied(BusError(.notAllowed, "not you")) : nil
    }
    #expect(report.parked == 0 && report.forwarded == 12_345, "\(report)")
    #expect(report.waiting > 0 && outbox.parked.isEmpty)
  }

  @Test("A camera that is allowed again is sent in order, and only what was parked stays behind")
  func allowedAgain() async {
    let report = await forward(20_000, cameras: 5) { record in
      record.partitionKey == "cam-3" && (2000..<4000).contains(Self.number(record))
        ? .denied(BusError(.notAllowed, "not you")) : nil
    }
    #expect(report.parked == 400 && report.forwarded == 19_600 && report.waiting == 0, "\(report)")
    let wanted = (0..<20_000).filter { $0 % 5 == 3 && !(2000..<4000).contains($0) }
    #expect(bus.ids(of: "cam-3") == wanted.map { "id-\($0)" })
  }

  private static func number(_ record: BusRecord) -> Int { Int(record.id.dropFirst(3)) ?? -1 }

  @Test("An event that the stream denies again and again, while it takes others, is parked")
  func denied() async {
    let report = await forward(3000) { record in
      record.id == "id-10" ? .denied(BusError(.failed, "no")) : nil
    }
    #expect(report.parked == 1 && report.forwarded == 2999 && report.waiting == 0)
    #expect(outbox.parked == [11: "no"])
  }

  @Test("A stream that denies everything for a while parks nothing")
  func deniedForAWhile() async {
    let count = Mutex(0)
    let report = await forward(500) { _ in
      let tries = count.withLock { count in
        count += 1
        return count
      }
      return (100..<108).contains(tries) ? .denied(BusError(.failed, "not now")) : nil
    }
    #expect(report.parked == 0 && report.forwarded == 500 && report.waiting == 0, "\(report)")
  }

  // MARK: - In a log

  private func carry(
    _ shop: Workshop, parked: Bool = false
  ) async throws -> ForwardReport {
    let store: any OutboxStore =
      parked
      ? try ParkedOutbox(shop.path(), consumer: "forward")
      : try SQLiteOutbox(shop.path(), consumer: "forward")
    let forwarder = Forwarder(from: store, to: bus)
    forwarder.finish(within: .seconds(60))
    let report = await forwarder.run()
    try await store.close()
    return report
  }

  @Test("Parked events are listed and kept, whatever the limits, until they are taken after all")
  func log() async throws {
    let shop = try Workshop()
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<300))
    let large: Set<String> = ["id-5", "id-6", "id-200"]
    bus.state.withLock {
      $0.refuses = { large.contains($0.id) ? .refused(BusError(.failed, "too large")) : nil }
    }
    #expect(try await carry(shop).parked == 3)
    let tables = try LogTables(shop.path())
    var policy = try tables.retention()
    policy.maximumEvents = 10
    try tables.setRetention(policy)
    while try tables.trim() > 0 {}
    let reader = try SQLiteLogReader(shop.path())
    let kept = try await reader.events().map(\.record.id)
    #expect(kept == ["id-5", "id-6", "id-200"] + (290..<300).map { "id-\($0)" })
    let listed = try await reader.survey().consumers
    #expect(listed.map(\.parked) == [3] && listed.map(\.lag) == [0])
    #expect(listed.map(\.parkedReason) == ["too large"])

    // Tried again, one is refused again.
    bus.state.withLock {
      $0.refuses = { $0.id == "id-6" ? .refused(BusError(.failed, "still too large")) : nil }
    }
    let again = try await carry(shop, parked: true)
    #expect(again.forwarded == 2 && again.parked == 1 && again.waiting == 0, "\(again)")
    let after = try await reader.survey().consumers
    #expect(after.map(\.parked) == [1] && after.map(\.parkedReason) == ["still too large"])
    bus.state.withLock { $0.refuses = { _ in nil } }
    #expect(try await carry(shop, parked: true).forwarded == 1)
    #expect(try await carry(shop, parked: true).forwarded == 0)
    #expect(try await reader.survey().consumers.map(\.parked) == [0])
    #expect(bus.ids.count == 300 && Set(bus.ids).count == 300)
    try log.close()
  }

  @Test(
    "Parked events fill a log with a limit, which says what helps; drop-oldest counts them lost")
  func full() async throws {
    let shop = try Workshop()
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<30))
    bus.state.withLock { $0.refuses = { _ in .refused(BusError(.failed, "too large")) } }
    #expect(try await carry(shop).parked == 30)
    let tables = try LogTables(shop.path())
    var policy = try tables.retention()
    policy.maximumEvents = 20
    try tables.setRetention(policy)
    do {
      var options = SQLiteLog.Options()
      options.patience = .milliseconds(50)
      try log.close()
      let impatient = try SQLiteLog(shop.path(), options: options)
      defer { try? impatient.close() }
      _ = try await impatient.commit(Workshop.batch(30..<31))
      Issue.record("a full log took an event")
    } catch {
      #expect(error.code == .held && error.message.contains("--retry-parked"), "\(error)")
    }
    policy.whenFull = .dropOldest
    try tables.setRetention(policy)
    let open = try SQLiteLog(shop.path())
    _ = try await open.commit(Workshop.batch(30..<60))
    let consumer = try #require(try await SQLiteLogReader(shop.path()).survey().consumers.first)
    #expect(consumer.lost + consumer.lag + consumer.parked == 60, "\(consumer)")
    #expect(consumer.parked == 0)
    try open.close()
  }
}
