// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import Synchronization
import SystemPackage
import Testing

@Suite struct MovingTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  private func fill(_ count: Int) async throws {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<count))
    try log.close()
  }

  private func ids(_ name: String) async throws -> [String] {
    try await SQLiteLogReader(shop.path(name)).events(limit: 100_000).map(\.record.id)
  }

  @Test func `a bridge carries everything once, in order, however often it is stopped`()
    async throws
  {
    try await fill(2000)
    for _ in 0..<100 {
      let source = try BusLocation.sqlite(shop.path()).openSource(consumer: "bridge")
      let bus = try BusLocation.sqlite(shop.path("to.db")).openBus()
      let left = Mutex(3)
      var bridge = BusBridge(from: source, to: bus)
      bridge.batch = 37
      let tally = try await bridge.run(
        follow: false,
        until: {
          left.withLock {
            $0 -= 1
            return $0 < 0
          }
        })
      try await bus.close()
      try await source.close()
      if tally.events == 0 { break }
    }
    #expect(try await ids("to.db") == (0..<2000).map { "id-\($0)" })
  }

  @Test func `what was carried and not yet said to be is carried again and dropped by its id`()
    async throws
  {
    try await fill(100)
    for _ in 0..<2 {
      let source = NeverTaken(try SQLiteConsumer("bridge", on: shop.path()))
      let bus = try BusLocation.sqlite(shop.path("to.db")).openBus()
      do {
        _ = try await BusBridge(from: source, to: bus).run(follow: false)
        Issue.record("the source did not fail")
      } catch {}
      try await bus.close()
    }
    #expect(try await ids("to.db") == (0..<100).map { "id-\($0)" })
  }

  /// Breaks between the append and the word of it.
  private struct NeverTaken: EventSource {
    let source: SQLiteConsumer
    init(_ source: SQLiteConsumer) { self.source = source }
    func next(limit: Int) async throws -> [StoredEvent] { try await source.next(limit: limit) }
    func taken(through sequence: Int64) async throws { throw BusError(.failed, "killed") }
    func close() async throws {}
  }

  @Test func `a following bridge carries what comes`() async throws {
    let log = try SQLiteLog(shop.path())
    let source = try SQLiteConsumer("bridge", on: shop.path())
    let other = GroupCommitWriter(log: try SQLiteLog(shop.path("to.db")))
    let stopped = Mutex(false)
    async let tally = BusBridge(from: source, to: other).run(
      follow: true, until: { stopped.withLock { $0 } })
    for start in stride(from: 0, to: 300, by: 30) {
      _ = try await log.commit(Workshop.batch(start..<(start + 30)))
    }
    let reader = try SQLiteLogReader(shop.path("to.db"))
    for _ in 0..<1000 where try await reader.statistics().count < 300 {
      try await Task.sleep(for: .milliseconds(10))
    }
    stopped.withLock { $0 = true }
    #expect(try await tally.events == 300)
    try await other.close()
    try log.close()
  }

  @Test func `a replay keeps ids and order, from a place or from a time`() async throws {
    try await fill(100)
    let reader = try SQLiteLogReader(shop.path())
    for (start, first) in [
      (LogReplay.Start.place(1), 0), (.place(0), 0), (.place(41), 40),
      (.time(Timestamp(microseconds: 70_000)), 70), (.place(101), 100),
    ] {
      var seen: [String] = []
      let tally = try await LogReplay(reader, from: start, pace: .instant).run { events in
        seen += events.map(\.record.id)
      }
      #expect(seen == (first..<100).map { "id-\($0)" } && tally.events == 100 - first)
    }
  }

  @Test(arguments: [1.0, 4, 0.5])
  func `the pace follows the events' own times`(factor: Double) async throws {
    try await fill(10)
    let clock = SteppedClock()
    let start = clock.now
    var due: [Duration] = []
    let reader = try SQLiteLogReader(shop.path())
    let tally = try await LogReplay(reader, pace: .factor(factor)).run(clock: clock) { events in
      for _ in events { due.append(start.duration(to: clock.now)) }
    }
    let wanted = (0..<10).map { Duration.nanoseconds(Int64(Double($0) * 1_000_000 / factor)) }
    #expect(due == wanted && tally.latest == .zero)
  }

  @Test func `a slow taker makes a replay late, and it says by how much`() async throws {
    try await fill(10)
    let clock = SteppedClock()
    let reader = try SQLiteLogReader(shop.path())
    let tally = try await LogReplay(reader, pace: .factor(1)).run(clock: clock) { _ in
      clock.advance(by: .milliseconds(3))
    }
    #expect(tally.latest >= .milliseconds(1) && tally.events == 10)
  }

  @Test(arguments: [
    ("original", "original"), ("1x", "original"), ("4x", "4.0x"), ("0.5x", "0.5x"),
    ("instant", "instant"),
  ])
  func `paces are read`(text: String, told: String) {
    #expect(ReplayPace(text)?.description == told)
  }

  @Test(arguments: ["", "x", "0x", "-1x", "nanx", "4", "fast", "1e300x"])
  func `other paces are refused`(text: String) { #expect(ReplayPace(text) == nil) }
}
