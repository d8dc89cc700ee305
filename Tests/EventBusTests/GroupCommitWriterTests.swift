// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Synchronization
import Testing

@Suite struct GroupCommitWriterTests {
  let log = FakeLog()

  /// Limits under which nothing is committed by time.
  private var patient: WriterLimits {
    var limits = WriterLimits()
    limits.flushInterval = .seconds(600)
    limits.checkpointInterval = .seconds(600)
    return limits
  }

  private func checkpoint(_ frame: Int, _ camera: String = "cam-01") -> BusCheckpoint {
    BusCheckpoint(
      runID: "r", camera: camera, frameSequence: frame, timeMicroseconds: Int64(frame))
  }

  @Test func `a full group is committed at once, in order`() async throws {
    let writer = GroupCommitWriter(log: log, limits: patient)
    let done = Mutex(0)
    log.shut()
    for number in 0..<300 {
      try await writer.submit([Workshop.record(number)]) { _ in done.withLock { $0 += 1 } }
    }
    #expect(done.withLock { $0 } == 0)
    log.open()
    // 128 went first, the 172 that gathered meanwhile went together.
    while done.withLock({ $0 }) < 300 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(log.batches.map(\.records.count) == [128, 172])
    #expect(log.records.map(\.id) == (0..<300).map { "id-\($0)" })
  }

  @Test func `a lone record waits no longer than the interval`() async throws {
    let reports = Mutex<[CommitReport]>([])
    let writer = GroupCommitWriter(log: log) { report in reports.withLock { $0.append(report) } }
    try await writer.append([Workshop.record(1)])
    let report = try #require(reports.withLock { $0 }.first)
    #expect(report.receipt.appended == 1 && report.bytes == Workshop.record(1).body.count)
    #expect(report.longestWait >= .milliseconds(20) && report.longestWait >= report.duration)
  }

  @Test func `checkpoints alone wait for company`() async throws {
    var limits = patient
    limits.flushInterval = .milliseconds(1)
    let writer = GroupCommitWriter(log: log, limits: limits)
    for frame in 0..<50 { try await writer.submit([], checkpoint: checkpoint(frame)) }
    try await Task.sleep(for: .milliseconds(20))
    #expect(log.batches.isEmpty)
    try await writer.append([Workshop.record(1)], checkpoint: checkpoint(50))
    #expect(log.batches.count == 1 && log.batches[0].checkpoints.last == checkpoint(50))
  }

  @Test func `checkpoints alone do not wait for ever`() async throws {
    var limits = patient
    limits.checkpointInterval = .milliseconds(30)
    let writer = GroupCommitWriter(log: log, limits: limits)
    try await writer.append([], checkpoint: checkpoint(7))
    #expect(log.batches.flatMap(\.checkpoints) == [checkpoint(7)])
  }

  @Test func `flush commits what waits, and nothing when nothing does`() async throws {
    let writer = GroupCommitWriter(log: log, limits: patient)
    try await writer.flush()
    #expect(log.batches.isEmpty)
    try await writer.submit([Workshop.record(1)])
    try await writer.flush()
    #expect(log.records.count == 1)
  }

  @Test(arguments: [true, false])
  func `submitters wait when it holds enough`(byBytes: Bool) async throws {
    var limits = patient
    limits.flushRecords = 1
    if byBytes {
      limits.maximumBytes = 10 * Workshop.record(10).body.count
    } else {
      limits.maximumRecords = 10
    }
    let writer = GroupCommitWriter(log: log, limits: limits)
    log.shut()
    let accepted = Mutex(0)
    let work = Task {
      for number in 10..<60 {
        try await writer.submit([Workshop.record(number)])
        accepted.withLock { $0 += 1 }
      }
    }
    while accepted.withLock({ $0 }) < 10 { try await Task.sleep(for: .milliseconds(1)) }
    try await Task.sleep(for: .milliseconds(30))
    #expect(accepted.withLock { $0 } == 10)
    log.open()
    try await work.value
    try await writer.flush()
    #expect(log.records.map(\.id) == (10..<60).map { "id-\($0)" })
  }

  @Test func `a submission larger than all room is let in alone`() async throws {
    var limits = WriterLimits()
    limits.maximumBytes = 10
    limits.maximumRecords = 1
    let writer = GroupCommitWriter(log: log, limits: limits)
    try await writer.append((0..<50).map { Workshop.record($0) })
    #expect(log.records.count == 50)
  }

  @Test func `after a failure nothing is accepted, so no checkpoint covers a loss`() async throws {
    let writer = GroupCommitWriter(log: log, limits: patient)
    let results = Mutex<[Bool]>([])
    let note: GroupCommitWriter.Completion = { result in
      results.withLock { $0.append((try? result.get()) != nil) }
    }
    log.shut()
    for number in 0..<128 {
      try await writer.submit([Workshop.record(number)], completion: note)
    }
    try await writer.submit([], checkpoint: checkpoint(9), completion: note)
    log.open(failing: BusError(.full, "full"))
    while results.withLock({ $0.count }) < 129 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(results.withLock { $0.allSatisfy { !$0 } })
    log.open()
    await #expect(throws: BusError(.full, "full")) {
      try await writer.submit([Workshop.record(500)])
    }
    await #expect(throws: BusError(.full, "full")) { try await writer.flush() }
    #expect(log.batches.isEmpty)
    try await writer.close()
    #expect(log.isClosed)
  }

  @Test func `closing flushes, and then it is closed`() async throws {
    let writer = GroupCommitWriter(log: log, limits: patient)
    try await writer.submit([Workshop.record(1)])
    try await writer.close()
    #expect(log.records.count == 1 && log.isClosed)
    await #expect(throws: BusError.self) { try await writer.append([Workshop.record(2)]) }
    try await writer.close()
  }

  @Test func `a cancelled submitter tears no batch`() async throws {
    let writer = GroupCommitWriter(log: log, limits: patient)
    log.shut()
    let work = Task {
      try await writer.append((0..<128).map { Workshop.record($0) })
    }
    try await Task.sleep(for: .milliseconds(10))
    work.cancel()
    log.open()
    try await work.value
    #expect(log.records.count == 128)
  }

  @Test func `many submitters each keep their order`() async throws {
    let writer = GroupCommitWriter(log: log)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for camera in 0..<8 {
        group.addTask {
          for number in 0..<200 {
            try await writer.submit([
              Workshop.record(camera * 1000 + number, camera: "cam-\(camera)")
            ])
          }
        }
      }
      try await group.waitForAll()
    }
    try await writer.flush()
    for camera in 0..<8 {
      let ids = log.records.filter { $0.partitionKey == "cam-\(camera)" }.map(\.id)
      #expect(ids == (0..<200).map { "id-\(camera * 1000 + $0)" })
    }
  }
}
