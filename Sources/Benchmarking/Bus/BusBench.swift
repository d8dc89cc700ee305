// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The embedded bus against a bare loop of inserts, in turn, on one disk.
package struct BusBench: Sendable {
  package let plan: BusPlan
  private let observer: @Sendable (_ done: Int, _ total: Int) -> Void

  package init(
    _ plan: BusPlan, observer: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    self.plan = plan
    self.observer = observer
  }

  /// Makes its files in a folder of its own under the plan's, and removes them. Cancelled, it ends with the
  /// rounds that are done. Throws `BusError` and `BenchmarkError`.
  package func run() async throws -> BusResult {
    let loadBefore = Usage.load
    let folder = plan.folder.appending("sightline-bench-bus-\(getpid())")
    guard unsafe mkdir(folder.string, 0o700) == 0 else {
      throw BenchmarkError(
        .failed, "cannot make \(folder): \(Errno(rawValue: errno)); choose another --folder")
    }
    defer { remove(folder) }
    let logPath = folder.appending("log.db")
    let commits = Mutex<[CommitReport]>([])
    let log = try SQLiteLog(logPath)
    let durability = try log.durability().description
    var limits = WriterLimits()
    limits.flushRecords = plan.batch
    // One batch being committed and one that gathers: without this bound commits would grow under load, and
    // be compared with smaller ones.
    limits.maximumRecords = 2 * plan.batch
    let writer = GroupCommitWriter(log: log, limits: limits) { report in
      commits.withLock { $0.append(report) }
    }
    let bare = try BareLoop(folder.appending("bare.db"))

    var rounds: [BusResult.Round] = []
    var number = 0
    // The first round warms up: files grow, statements are prepared.
    for round in 0...plan.rounds where !Task.isCancelled {
      let records = BusLoad.records(plan.events, from: number, plan)
      number += plan.events
      commits.withLock { $0 = [] }
      let syncs = try Self.syncs(folder)
      // Who goes first changes, since what one leaves for the disk to do falls on the other.
      var ours = 0.0
      var theirs = 0.0
      for turn in 0..<2 {
        if (turn == 0) == (round % 2 == 0) {
          ours = try await Self.seconds {
            for record in records { try await writer.submit([record]) }
            try await writer.flush()
          }
        } else {
          theirs = try await Self.seconds { try bare.insert(records, batch: plan.batch) }
        }
      }
      observer(round, plan.rounds)
      guard round > 0 else { continue }
      let made = commits.withLock { $0 }
      let times = made.map { $0.duration / .milliseconds(1) }.sorted()
      rounds.append(
        BusResult.Round(
          log: Double(records.count) / ours, bare: Double(records.count) / theirs, syncs: syncs,
          commitP50MS: times.isEmpty ? 0 : times[times.count / 2],
          commitP99MS: times.isEmpty ? 0 : times[times.count * 99 / 100],
          meanBatch: Double(records.count) / Double(max(made.count, 1))))
    }
    try await writer.close()
    try bare.close()
    return BusResult(
      plan: [
        "events": plan.events, "bytes": plan.bytes, "batch": plan.batch, "cameras": plan.cameras,
        "rounds": plan.rounds,
      ], rounds: rounds, durability: durability, sqlite: SQLiteLog.libraryVersion,
      loadBefore: loadBefore, loadAfter: Usage.load, interrupted: rounds.count < plan.rounds)
  }

  private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try await body()
    return (clock.now - start) / .seconds(1)
  }

  /// Writes of 4 KiB with `fdatasync`, for a quarter of a second.
  private static func syncs(_ folder: FilePath) throws -> Double {
    let file = try FileDescriptor.open(
      folder.appending("syncs"), .readWrite, options: [.create, .truncate, .closeOnExec],
      permissions: .ownerReadWrite)
    defer { try? file.close() }
    let block = [UInt8](repeating: 7, count: 4096)
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    while clock.now - start < .milliseconds(250) {
      try file.writeAll(block)
      guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      count += 1
    }
    return Double(count) / ((clock.now - start) / .seconds(1))
  }

  private func remove(_ folder: FilePath) {
    for name in ["log.db", "bare.db"] {
      for suffix in ["", "-wal", "-shm", ".lock"] {
        _ = unsafe unlink(folder.appending(name + suffix).string)
      }
    }
    _ = unsafe unlink(folder.appending("syncs").string)
    _ = unsafe rmdir(folder.string)
  }
}
