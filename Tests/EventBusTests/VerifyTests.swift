// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import SystemPackage
import Testing

@Suite struct VerifyTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  /// Three sightings of two cameras; the last is left open by a run that goes on.
  private func make() async throws {
    let log = try SQLiteLog(shop.path())
    let run = try log.beginRun(key: "k").runID
    func event(
      _ camera: String, _ sighting: String, _ phase: SightingPhase, _ revision: Int, _ number: Int64
    ) throws -> BusRecord {
      try BusRecord(
        SampleSighting.event(
          run: run, camera: camera, sighting: sighting, phase: phase, revision: revision,
          sequence: number, lastSeen: number * 1_000_000))
    }
    let (a, b, c) = ("00000000000000aa", "00000000000000bb", "00000000000000cc")
    _ = try await log.commit(
      CommitBatch(records: [
        event("cam-01", a, .opened, 1, 1), event("cam-02", b, .opened, 1, 1),
        event("cam-01", a, .updated, 2, 2), event("cam-01", a, .closed, 3, 3),
        event("cam-02", b, .closed, 2, 2), event("cam-01", c, .opened, 1, 4),
      ]))
    try log.close()
  }

  private func verify() async throws -> LogVerification {
    try await SQLiteLogReader(shop.path()).verify()
  }

  @Test func `a sound log has no faults, and says what is open`() async throws {
    try await make()
    let found = try await verify()
    #expect(found.isSound && found.faults.isEmpty, "\(found.faults)")
    #expect(found.events == 6 && found.open == 1 && found.notes.count == 1)
  }

  /// What a vandal does, and what must be said.
  static let damages: [(sql: String, words: String)] = [
    ("DELETE FROM events WHERE seq = 3", "after number 1"),
    ("DELETE FROM events WHERE seq = 1", "are gone"),
    ("DELETE FROM events WHERE seq = 5", "not list it as open"),
    ("DELETE FROM open_sightings", "not list it as open"),
    ("INSERT INTO open_sightings VALUES ('00000000000000dd', 3)", "do not say so"),
    ("UPDATE events SET id = 'x' WHERE seq = 2", "has id x"),
    ("UPDATE events SET time_us = 5 WHERE seq = 2", "time_us"),
    ("UPDATE events SET body = '{}' WHERE seq = 4", "reads"),
    ("UPDATE events SET body = substr(body, 1, 300) WHERE seq = 4", "reads"),
    (
      "UPDATE events SET body = replace(body, '\"revision\":2', '\"revision\":7') WHERE seq = 3",
      "should be"
    ),
    (
      """
      UPDATE events SET body = replace(body, 'cam-02', 'cam-03') WHERE seq = 5
      """, "partition_key"
    ),
    ("UPDATE runs SET state = 'finished'", "never closed"),
    ("INSERT INTO consumers VALUES ('c', 99, 0, 0)", "the log ends at 6"),
    (
      """
      INSERT INTO events (id, type, subject, partition_key, time_us, body, appended_us)
      VALUES ('z', 'other', '', '', 0, '{"id":"z","type":"other"}', 1)
      """, "no CloudEvents"
    ),
  ]

  @Test(arguments: damages.indices)
  func `a fault is found and told by its place`(index: Int) async throws {
    try await make()
    _ = try Workshop.python(shop.path(), Self.damages[index].sql)
    let found = try await verify()
    #expect(!found.isSound, "\(Self.damages[index].sql)")
    #expect(
      found.faults.contains { $0.contains(Self.damages[index].words) }, "\(found.faults)")
    #expect(found.faults.allSatisfy { !$0.contains("\n") })
  }

  @Test func `events of a sighting after its close are found`() async throws {
    try await make()
    let log = try SQLiteLog(shop.path())
    let run = try log.beginRun(key: "k").runID
    _ = try await log.commit(
      CommitBatch(records: [
        try BusRecord(
          SampleSighting.event(
            run: run, camera: "cam-01", sighting: "00000000000000aa", phase: .closed, revision: 4,
            sequence: 5, lastSeen: 9_000_000))
      ]))
    try log.close()
    #expect(try await verify().faults.contains { $0.contains("was closed") })
  }

  @Test func `damage below the tables is found`() async throws {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<400))
    try log.close()
    let url = URL(filePath: shop.path().string)
    var bytes = try Data(contentsOf: url)
    let middle = bytes.count / 2 / 4096 * 4096
    for offset in middle..<(middle + 4096) { bytes[offset] = 0xaa }
    try bytes.write(to: url)
    do {
      let found = try await verify()
      #expect(!found.isSound && found.faults.contains { $0.contains("SQLite finds") })
    } catch { #expect((error as? BusError)?.code == .damaged, "\(error)") }
  }

  @Test func `only the first faults are told, all are counted`() async throws {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<50))
    try log.close()
    let found = try await verify()
    #expect(found.faultCount == 50 && found.faults.count == 10)
  }

  @Test func `the survey counts by type, camera, consumer and run`() async throws {
    try await make()
    let log = try SQLiteLog(shop.path())
    try await log.addConsumer("c")
    try await log.addConsumer("d", from: .after(4))
    try await log.addConsumer("e", from: .end)
    let survey = try await SQLiteLogReader(shop.path()).survey()
    #expect(survey.count == 6 && survey.firstPlace == 1 && survey.lastPlace == 6)
    #expect(survey.cameras == ["cam-01": 4, "cam-02": 2] && survey.open == 1)
    #expect(survey.types["org.sightline.sighting.closed"] == 2 && survey.types.count == 3)
    #expect(survey.consumers.map(\.lag) == [6, 2, 0] && survey.runs == ["running": 1])
    #expect(survey.bytes.file > 0 && survey.bytes.used > 0)
    #expect(survey.earliest?.microseconds == 1_000_000)
    try log.close()
  }
}
