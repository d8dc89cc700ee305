// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import SystemPackage
import Testing

@Suite struct RetentionTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  private func policy(
    events: Int? = nil, bytes: Int? = nil, age: Duration? = nil,
    _ full: RetentionPolicy.WhenFull = .block
  ) -> RetentionPolicy {
    var policy = RetentionPolicy()
    policy.maximumEvents = events
    policy.maximumBytes = bytes
    policy.maximumAge = age
    policy.whenFull = full
    return policy
  }

  private func open(
    _ policy: RetentionPolicy, patience: Duration = .milliseconds(100)
  ) throws -> SQLiteLog {
    var options = SQLiteLog.Options()
    options.patience = patience
    let log = try SQLiteLog(shop.path(), options: options)
    let tables = try LogTables(shop.path())
    try tables.setRetention(policy)
    #expect(try tables.retention() == policy)
    try tables.close()
    return log
  }

  private func ids(_ log: SQLiteLog) async throws -> [String] {
    try await SQLiteLogReader(shop.path()).events(limit: 100_000).map(\.record.id)
  }

  @Test func `without limits everything is kept`() async throws {
    let log = try open(policy())
    for start in stride(from: 0, to: 500, by: 50) {
      #expect(try await log.commit(Workshop.batch(start..<(start + 50))).dropped == 0)
    }
    #expect(try await ids(log).count == 500)
    try log.close()
  }

  @Test func `the newest of so many are kept when nobody waits for others`() async throws {
    let log = try open(policy(events: 100))
    var dropped = 0
    for start in stride(from: 0, to: 1000, by: 50) {
      let receipt = try await log.commit(Workshop.batch(start..<(start + 50)))
      dropped += receipt.dropped
      #expect(receipt.lost == 0)
    }
    #expect(try await ids(log) == (900..<1000).map { "id-\($0)" })
    #expect(dropped == 900)
    let survey = try await SQLiteLogReader(shop.path()).survey()
    #expect(survey.retention.dropped == 900 && survey.retention.droppedTo == 900)
    try log.close()
  }

  @Test func `what a consumer has not taken is kept: the log takes no more, then goes on`()
    async throws
  {
    let log = try open(policy(events: 100))
    try await log.addConsumer("slow")
    _ = try await log.commit(Workshop.batch(0..<100))
    do {
      _ = try await log.commit(Workshop.batch(100..<110))
      Issue.record("a full log took events")
    } catch {
      #expect(error.code == .held, "\(error)")
      #expect(error.message.contains("'slow'") && error.message.contains("--drop"))
    }
    // All or nothing.
    #expect(try await ids(log) == (0..<100).map { "id-\($0)" })
    try await log.move("slow", to: 60)
    #expect(try await log.commit(Workshop.batch(100..<110)).dropped == 10)
    #expect(try await ids(log) == (10..<110).map { "id-\($0)" })
    try log.close()
  }

  @Test func `a full log waits for its consumers`() async throws {
    let log = try open(policy(events: 100), patience: .seconds(60))
    try await log.addConsumer("slow")
    _ = try await log.commit(Workshop.batch(0..<100))
    async let receipt = log.commit(Workshop.batch(100..<150))
    try await Task.sleep(for: .milliseconds(120))
    let consumer = try SQLiteConsumer("slow", on: shop.path())
    try await consumer.taken(through: 100)
    #expect(try await receipt.appended == 50)
    #expect(try await ids(log) == (50..<150).map { "id-\($0)" })
    try log.close()
  }

  @Test func `drop-oldest drops all the same, and counts what each consumer lost`() async throws {
    let log = try open(policy(events: 100, .dropOldest))
    try await log.addConsumer("slow")
    _ = try await log.commit(Workshop.batch(0..<100))
    try await log.move("slow", to: 20)
    let receipt = try await log.commit(Workshop.batch(100..<150))
    #expect(receipt.dropped == 50 && receipt.lost == 30)
    let survey = try await SQLiteLogReader(shop.path()).survey()
    #expect(survey.consumers.map(\.lost) == [30] && survey.consumers.map(\.lag) == [100])
    let consumer = try SQLiteConsumer("slow", on: shop.path())
    #expect(try await consumer.next(limit: 1000).map(\.record.id) == (50..<150).map { "id-\($0)" })
    try log.close()
  }

  @Test(arguments: [RetentionPolicy.WhenFull.block, .dropOldest])
  func `bytes are bounded, and pages of what was dropped are used again`(
    full: RetentionPolicy.WhenFull
  ) async throws {
    let limit = 400_000
    let log = try open(policy(bytes: limit, full))
    var sizes: [Int] = []
    for start in stride(from: 0, to: 20_000, by: 100) {
      _ = try await log.commit(Workshop.batch(start..<(start + 100)))
      if start % 2000 == 0 {
        let survey = try await SQLiteLogReader(shop.path()).survey()
        #expect(survey.bytes.used <= limit)
        #expect(survey.count == 0 || survey.lastPlace == survey.end)
        sizes.append(survey.bytes.file)
      }
    }
    // Twenty thousand events of 700 bytes went through a file of half a megabyte.
    #expect(sizes.allSatisfy { $0 <= limit + 300_000 }, "\(sizes)")
    let kept = try await ids(log)
    #expect(kept.count > 100 && kept.last == "id-19999")
    #expect(kept == (20_000 - kept.count..<20_000).map { "id-\($0)" })
    #expect(try Workshop.python(shop.path(), "PRAGMA integrity_check") == "ok")
    try log.close()
  }

  @Test func `age goes by when an event came, and waits for consumers but never fills the log`()
    async throws
  {
    let log = try open(policy(age: .seconds(3600)))
    try await log.addConsumer("slow")
    _ = try await log.commit(Workshop.batch(0..<50))
    let hours = "UPDATE events SET appended_us = appended_us - 2 * 3600 * 1000000"
    _ = try Workshop.python(shop.path(), hours + " WHERE seq <= 30")
    #expect(try await log.commit(Workshop.batch(50..<60)).dropped == 0)
    try await log.move("slow", to: 20)
    #expect(try await log.commit(Workshop.batch(60..<61)).dropped == 20)
    try await log.move("slow", to: 61)
    #expect(try await log.commit(CommitBatch()).dropped == 10)
    #expect(try await ids(log) == (30..<61).map { "id-\($0)" })
    try log.close()
  }

  @Test func `each camera's last event and what is open stay, so that a run can go on`()
    async throws
  {
    let log = try open(policy(events: 20))
    let ticket = try log.beginRun(key: "k")
    let events = try [
      SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a1", phase: .opened, revision: 1, sequence: 1,
        lastSeen: 1_000_000),
      SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a2", phase: .opened, revision: 1, sequence: 2,
        lastSeen: 2_000_000),
    ]
    _ = try await log.commit(CommitBatch(records: try events.map { try BusRecord($0) }))
    for start in stride(from: 0, to: 100, by: 10) {
      _ = try await log.commit(Workshop.batch(start..<(start + 10)))
    }
    let recovery = try log.recovery(for: ticket)
    #expect(recovery.open.map(\.subject) == ["a1", "a2"] && recovery.lastSequence == ["a": 2])
    // Closed, they may go like others, once the floor is swept.
    let closings = recovery.closings().events
    _ = try await log.commit(CommitBatch(records: try closings.map { try BusRecord($0) }))
    for start in stride(from: 100, to: 17_000, by: 1000) {
      _ = try await log.commit(Workshop.batch(start..<(start + 1000)))
    }
    let kept = try await ids(log).filter { !$0.hasPrefix("id-") }
    #expect(kept == [closings.last?.id])
    #expect(try log.recovery(for: ticket).lastSequence == ["a": 4])
    try log.close()
  }

  @Test func `what a sweep drops late is counted as lost too`() async throws {
    let log = try open(policy(events: 20, .dropOldest))
    try await log.addConsumer("slow")
    let ticket = try log.beginRun(key: "k")
    // The last event of its camera for a while, kept therefore, and then not any more.
    for sequence in 1...2 {
      let event = try SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a\(sequence)", phase: .closed,
        revision: sequence, sequence: Int64(sequence), lastSeen: 1_000_000)
      _ = try await log.commit(CommitBatch(records: [try BusRecord(event)]))
      for start in stride(from: 0, to: 9000, by: 1000) {
        let first = sequence * 10_000 + start
        _ = try await log.commit(Workshop.batch(first..<(first + 1000)))
      }
    }
    let survey = try await SQLiteLogReader(shop.path()).survey()
    let slow = try #require(survey.consumers.first)
    #expect(survey.end == 18_002 && slow.lost + slow.lag == 18_002, "\(slow)")
    try log.close()
  }

  @Test func `trimming by hand drops at once, and compacting gives the space back`() async throws {
    let log = try SQLiteLog(shop.path())
    for start in stride(from: 0, to: 5000, by: 500) {
      _ = try await log.commit(Workshop.batch(start..<(start + 500)))
    }
    let tables = try LogTables(shop.path())
    try tables.setRetention(policy(events: 100))
    var dropped = 0
    while case let gone = try tables.trim(atMost: 700), gone > 0 { dropped += gone }
    #expect(dropped == 4900)
    let before = try await SQLiteLogReader(shop.path()).survey().bytes
    try tables.compact()
    let after = try await SQLiteLogReader(shop.path()).survey().bytes
    #expect(after.file < before.file / 4 && after.used < before.file / 4)
    #expect(try await ids(log) == (4900..<5000).map { "id-\($0)" })
    _ = try await log.commit(Workshop.batch(5000..<5001))
    try log.close()
  }
}
