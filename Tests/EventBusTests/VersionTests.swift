// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import SystemPackage
import Testing

/// Files of earlier versions, made by the tables those versions made.
@Suite struct VersionTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  private func make(_ version: Int) throws {
    let event = try SampleSighting.event(
      run: "r", camera: "a", sighting: "00000000000000a1", phase: .opened, revision: 1,
      sequence: 7, lastSeen: 1_000_000)
    let body = String(decoding: try event.json(), as: UTF8.self)
    let script = """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1])
      c.execute("PRAGMA journal_mode = wal")
      c.executescript(open(sys.argv[2]).read())
      c.execute("INSERT INTO events (id, type, subject, partition_key, time_us, body) VALUES (?,?,?,?,?,?)",
                (sys.argv[3], "org.sightline.sighting.opened", "00000000000000a1", "a", 1000000, sys.argv[4]))
      c.execute("INSERT INTO runs VALUES ('r', 'k', 1, 'running', 5, NULL, '{}')")
      c.execute("INSERT INTO checkpoints VALUES ('r', 'a', 6, 1000000, '')")
      c.commit()
      """
    let tables = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Versions/\(version).sql").path()
    try Workshop.run(
      "/usr/bin/python3", ["-c", script, shop.path().string, tables, event.id, body])
  }

  @Test(arguments: [1, 2])
  func `a file of an earlier version is read as it is`(version: Int) async throws {
    try make(version)
    let reader = try SQLiteLogReader(shop.path())
    #expect(try await reader.events().map(\.record.partitionKey) == ["a"])
    let survey = try await reader.survey()
    #expect(survey.version == version && survey.count == 1)
    #expect(survey.consumers.map(\.name) == (version == 1 ? [] : ["slow"]))
    #expect(try await reader.verify().isSound)
    #expect(try Workshop.python(shop.path(), "PRAGMA user_version") == "\(version)")
  }

  @Test(arguments: [1, 2])
  func `a run brings an earlier version up to date, and goes on in it`(version: Int) async throws {
    try make(version)
    let log = try SQLiteLog(shop.path())
    #expect(try Workshop.python(shop.path(), "PRAGMA user_version") == "3")
    let ticket = try log.beginRun(key: "k")
    #expect(ticket.runID == "r" && ticket.resumedFrom?["a"]?.frameSequence == 6)
    #expect(try log.recovery(for: ticket).lastSequence == ["a": 7])
    _ = try await log.commit(Workshop.batch(0..<3))
    // What was there before counts as having come when it was brought up to date.
    #expect(
      try Workshop.python(
        shop.path(), "SELECT count(*) FROM events WHERE appended_us > 1700000000000000") == "4")
    try log.close()
  }

  @Test(arguments: [1, 2])
  func `a consumer brings it up to date unless somebody writes to it`(version: Int) async throws {
    try make(version)
    let consumer = try SQLiteConsumer("c", on: shop.path())
    #expect(try await consumer.next(limit: 10).count == 1)
    try await consumer.close()
    #expect(try Workshop.python(shop.path(), "PRAGMA user_version") == "3")
  }

  @Test func `version 2 keeps its consumers, and gets room for what they park`() async throws {
    try make(2)
    let before = try await SQLiteLogReader(shop.path()).survey()
    #expect(before.version == 2 && before.consumers.map(\.name) == ["slow"])
    let log = try SQLiteLog(shop.path())
    #expect(try Workshop.python(shop.path(), "PRAGMA user_version") == "3")
    #expect(try await log.offset(of: "slow") == 1)
    let store = try SQLiteOutbox(shop.path(), consumer: "slow")
    try await store.park([ParkedEvent(sequence: 1, reason: "no")])
    try await store.close()
    #expect(try await SQLiteLogReader(shop.path()).survey().consumers.map(\.parked) == [1])
    try log.close()
  }

  @Test(arguments: [1, 2])
  func `an old file brought up to date has the tables of a new one`(version: Int) async throws {
    try make(version)
    try SQLiteLog(shop.path()).close()
    try SQLiteLog(shop.path("new.db")).close()
    let sql = """
      SELECT type, name, replace(sql, substr(sql, instr(sql, 'DEFAULT 1'), 24), '') FROM sqlite_schema
      WHERE name <> 'events' ORDER BY name
      """
    #expect(try Workshop.python(shop.path(), sql) == Workshop.python(shop.path("new.db"), sql))
    let columns = "SELECT name, type, \"notnull\", pk FROM pragma_table_info('events')"
    #expect(
      try Workshop.python(shop.path(), columns) == Workshop.python(shop.path("new.db"), columns))
  }
}
