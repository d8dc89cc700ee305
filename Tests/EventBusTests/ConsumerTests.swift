// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import SystemPackage
import Testing

@Suite struct ConsumerTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  @Test func `a consumer goes on from where it had come to, and what was not taken comes again`()
    async throws
  {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<100))
    var consumer = try SQLiteConsumer("c", on: shop.path())
    let first = try await consumer.next(limit: 30)
    let second = try await consumer.next(limit: 30)
    #expect((first + second).map(\.record.id) == (0..<60).map { "id-\($0)" })
    try await consumer.taken(through: try #require(first.last).sequence)
    try await consumer.close()

    consumer = try SQLiteConsumer("c", on: shop.path(), from: .end)
    #expect(try await consumer.next(limit: 100).first == second.first)
    // Never backwards, ...
    try await consumer.taken(through: 3)
    #expect(try await log.offset(of: "c") == first.last?.sequence)
    // ... but where it is put.
    let tables = try LogTables(shop.path())
    try tables.placeConsumer("c", .after(3))
    #expect(try await log.offset(of: "c") == 3)
    try tables.placeConsumer("c", .end)
    #expect(try await log.offset(of: "c") == second.last.map { $0.sequence + 40 })
    try tables.removeConsumer("c")
    #expect(try await log.offset(of: "c") == nil)
    expectBusError(.badName) { try tables.removeConsumer("c") }
    do {
      try await consumer.taken(through: 9)
      Issue.record("a consumer that was dropped moved")
    } catch { #expect(error.code == .badName, "\(error)") }
    try log.close()
  }

  @Test func `the writer's own consumers move beside its commits`() async throws {
    let log = try SQLiteLog(shop.path())
    #expect(try await log.offset(of: "forward") == nil)
    #expect(try await log.addConsumer("forward") == 0)
    let writer = GroupCommitWriter(log: log)
    for number in 0..<500 {
      try await writer.submit([Workshop.record(number)])
      if number % 50 == 49 {
        try await writer.flush()
        try await log.move("forward", to: Int64(number + 1))
      }
    }
    #expect(try await log.addConsumer("forward", from: .end) == 500)
    #expect(try await log.addConsumer("late", from: .end) == 500)
    #expect(try await log.addConsumer("given", from: .after(7)) == 7)
    do {
      try await log.move("nobody", to: 1)
      Issue.record("a consumer that is not there moved")
    } catch { #expect(error.code == .badName, "\(error)") }
    try await writer.close()
  }

  @Test(arguments: ["", "two\nlines", String(repeating: "x", count: 129)])
  func `a name that cannot be shown is refused`(name: String) throws {
    try SQLiteLog(shop.path()).close()
    expectBusError(.badName) { _ = try SQLiteConsumer(name, on: shop.path()) }
  }

  @Test func `a consumer makes no bus, and is told of a file that is none`() throws {
    expectBusError(.missing) { _ = try SQLiteConsumer("c", on: shop.path()) }
    #expect(!FileManager.default.fileExists(atPath: shop.path().string))
    _ = try Workshop.python(shop.path("cats.db"), "CREATE TABLE cats (name TEXT)")
    expectBusError(.notABus) { _ = try SQLiteConsumer("c", on: shop.path("cats.db")) }
  }

  @Test(.disabled(if: geteuid() == 0, "root may write anywhere"))
  func `a consumer that may not write is told`() throws {
    try SQLiteLog(shop.path()).close()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o400], ofItemAtPath: shop.path().string)
    expectBusError(.notAllowed) { _ = try SQLiteConsumer("c", on: shop.path()) }
  }

  @Test
  func `an effect kept with its place in one transaction happens once, whenever it is killed`()
    async throws
  {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<2000))
    // A consumer that is stopped at a random place, again and again, before and after each step.
    let script = """
      import os, random, sqlite3, sys
      random.seed(int(sys.argv[3]))
      def maybe():
          if random.random() < .05: os._exit(9)
      bus = sqlite3.connect(sys.argv[1], timeout=10)
      own = sqlite3.connect(sys.argv[2], timeout=10)
      own.execute("CREATE TABLE IF NOT EXISTS place (seq INTEGER)")
      own.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT)")
      bus.execute("INSERT INTO consumers (name, seq, moved_us) VALUES ('py', 0, 0) ON CONFLICT DO NOTHING")
      bus.commit()
      seq = (own.execute("SELECT max(seq) FROM place").fetchone()[0]) or 0
      while True:
          rows = bus.execute("SELECT seq, id FROM events WHERE seq > ? ORDER BY seq LIMIT 100", (seq,)).fetchall()
          if not rows: break
          maybe()
          own.executemany("INSERT INTO seen VALUES (?)", [(r[1],) for r in rows])
          seq = rows[-1][0]
          own.execute("DELETE FROM place"); own.execute("INSERT INTO place VALUES (?)", (seq,))
          maybe()
          own.commit()
          maybe()
          bus.execute("UPDATE consumers SET seq = max(seq, ?) WHERE name = 'py'", (seq,)); bus.commit()
      """
    var kills = 0
    for seed in 0..<200 {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = ["-c", script, shop.path().string, shop.path("own.db").string, "\(seed)"]
      try process.run()
      process.waitUntilExit()
      if process.terminationStatus == 0 { break }
      #expect(process.terminationStatus == 9)
      kills += 1
      // The log's offset never leads the effect.
      let own = Int64(
        try Workshop.python(shop.path("own.db"), "SELECT coalesce(max(seq), 0) FROM place"))
      #expect(try await log.offset(of: "py") ?? 0 <= own ?? 0)
    }
    #expect(kills > 0)
    #expect(
      try Workshop.python(shop.path("own.db"), "SELECT count(*), count(DISTINCT id) FROM seen")
        == "2000,2000")
    #expect(try await log.offset(of: "py") == 2000)
    try log.close()
  }
}
