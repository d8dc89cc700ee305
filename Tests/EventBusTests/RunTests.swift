// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Sightings
import Testing

@Suite struct RunTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  private func checkpoint(_ run: String, _ camera: String, _ frame: Int) -> BusCheckpoint {
    BusCheckpoint(
      runID: run, camera: camera, frameSequence: frame,
      timeMicroseconds: Int64(frame) * 200_000)
  }

  @Test func `a run that was killed or stopped is resumed, one that finished is not`() async throws
  {
    var log = try SQLiteLog(shop.path())
    let first = try log.beginRun(key: "k")
    #expect(first.attempt == 1 && first.resumedFrom == nil)
    #expect(first.runID == "ad4e9a63c2ad9306")
    _ = try await log.commit(
      CommitBatch(checkpoints: [
        checkpoint(first.runID, "a", 4), checkpoint(first.runID, "b", 9),
        checkpoint(first.runID, "a", 6),
      ]))
    // Never backwards.
    _ = try await log.commit(CommitBatch(checkpoints: [checkpoint(first.runID, "a", 5)]))
    try log.close()

    log = try SQLiteLog(shop.path())
    let killed = try log.beginRun(key: "k")
    #expect(killed.runID == first.runID && killed.attempt == 1)
    #expect(killed.resumedFrom?.mapValues(\.frameSequence) == ["a": 6, "b": 9])
    try log.finishRun(killed.runID, .stopped)
    let stopped = try log.beginRun(key: "k")
    #expect(stopped.runID == first.runID && stopped.resumedFrom != nil)
    #expect(try log.beginRun(key: "other").resumedFrom == nil)
    try log.finishRun(stopped.runID, .finished)
    let second = try log.beginRun(key: "k")
    #expect(second.attempt == 2 && second.resumedFrom == nil && second.runID != first.runID)
    let fresh = try log.beginRun(key: "k", fresh: true)
    #expect(fresh.attempt == 3 && fresh.resumedFrom == nil)
    // Killed before its first checkpoint: resumed, from nothing.
    #expect(try log.beginRun(key: "k").resumedFrom == [:])
    expectBusError(.failed) { try log.finishRun("nobody", .finished) }
    try log.close()
  }

  @Test func `events and the checkpoint they lead to stand or fall together`() async throws {
    let log = try SQLiteLog(shop.path())
    let run = try log.beginRun(key: "k").runID
    var batch = Workshop.batch(0..<5)
    // No such run, so the checkpoint cannot be kept.
    batch.checkpoints = [checkpoint("nobody", "a", 1)]
    do {
      _ = try await log.commit(batch)
      Issue.record("a checkpoint of no run was kept")
    } catch {}
    #expect(try await SQLiteLogReader(shop.path()).statistics().count == 0)
    batch.checkpoints = [checkpoint(run, "a", 1)]
    #expect(try await log.commit(batch).appended == 5)
    #expect(try log.beginRun(key: "k").resumedFrom?["a"]?.frameSequence == 1)
    try log.close()
  }

  @Test func `open sightings of any run are found and closed once`() async throws {
    let log = try SQLiteLog(shop.path())
    let other = try log.beginRun(key: "other").runID
    let ticket = try log.beginRun(key: "k")
    let events = try [
      SampleSighting.event(
        run: other, camera: "b", sighting: "b1", phase: .opened, revision: 1, sequence: 1,
        lastSeen: 1_000_000),
      SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a1", phase: .opened, revision: 1, sequence: 1,
        lastSeen: 2_000_000),
      SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a2", phase: .opened, revision: 1, sequence: 2,
        subject: 6, lastSeen: 3_000_000),
      SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a1", phase: .closed, revision: 2, sequence: 3,
        lastSeen: 4_000_000),
      SampleSighting.event(
        run: ticket.runID, camera: "a", sighting: "a2", phase: .updated, revision: 2, sequence: 4,
        subject: 6, lastSeen: 5_000_000),
    ]
    _ = try await log.commit(CommitBatch(records: try events.map { try BusRecord($0) }))
    let recovery = try log.recovery(for: ticket)
    #expect(recovery.open.map(\.subject) == ["b1", "a2"])
    #expect(recovery.open.last?.data.revision == 2)
    #expect(recovery.lastSequence == ["a": 4, "b": 1])

    let (closings, last) = recovery.closings()
    #expect(closings.map(\.data.closeReason) == [.recovered, .recovered])
    #expect(closings.map(\.sequence) == [2, 5] && last == ["a": 5, "b": 2])
    #expect(closings.map(\.data.revision) == [2, 3])
    _ = try await log.commit(CommitBatch(records: try closings.map { try BusRecord($0) }))
    // A second recovery finds nothing, and publishing again changes nothing.
    #expect(try log.recovery(for: ticket).open.isEmpty)
    let again = try await log.commit(
      CommitBatch(records: try closings.map { try BusRecord($0) }))
    #expect(again.duplicates == 2)
    #expect(try log.recovery(for: ticket).open.isEmpty)
    try log.close()
  }

  @Test func `a resumed run remembers whom it saw, across any number of interruptions`()
    async throws
  {
    let log = try SQLiteLog(shop.path())
    let run = try log.beginRun(key: "k").runID
    let seen = [2, 3].map {
      RecentSubject(
        camera: "cam-01", subject: $0, lastSeen: Timestamp(microseconds: Int64($0) * 1_000_000))
    }
    for frame in [7, 8] {
      _ = try await log.commit(
        CommitBatch(checkpoints: [
          BusCheckpoint(
            runID: run, camera: "cam-01", frameSequence: frame, timeMicroseconds: 0,
            recent: frame == 7 ? [] : seen)
        ]))
    }
    for _ in 0..<3 {
      let ticket = try log.beginRun(key: "k")
      #expect(try log.recovery(for: ticket).recent == seen)
    }
    // A run that begins anew remembers nobody.
    let fresh = try log.beginRun(key: "k", fresh: true)
    #expect(try log.recovery(for: fresh).recent.isEmpty)
    try log.close()
  }
}
