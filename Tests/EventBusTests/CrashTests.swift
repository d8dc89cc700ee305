// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Synchronization
import SystemPackage
import Testing

/// What a file looks like that a process left behind when it was killed: the database, and a WAL cut off
/// anywhere. Copying both while a writer is at work makes just that, as long as the writer moves nothing
/// from the WAL to the database meanwhile.
@Suite struct CrashTests {
  @Test func `what was acknowledged before the crash is there, once`() async throws {
    let shop = try Workshop()
    var options = SQLiteLog.Options()
    options.checkpointPages = 0
    let log = try SQLiteLog(shop.path(), options: options)
    let writer = GroupCommitWriter(log: log)
    let acknowledged = Mutex(0)
    let work = Task {
      for number in 0..<20_000 where !Task.isCancelled {
        try await writer.submit([Workshop.record(number)]) { result in
          if case .success = result { acknowledged.withLock { $0 = max($0, number + 1) } }
        }
      }
    }
    for crash in 0..<5 {
      try await Task.sleep(for: .milliseconds(60))
      let before = acknowledged.withLock { $0 }
      try Workshop.run("/bin/cp", [shop.path().string, shop.path("crash\(crash).db").string])
      try Workshop.run(
        "/bin/cp", [shop.path().string + "-wal", shop.path("crash\(crash).db").string + "-wal"])
      try await check(shop, "crash\(crash).db", atLeast: before)
    }
    work.cancel()
    try? await work.value
    try await writer.close()
    #expect(acknowledged.withLock { $0 } > 0)
  }

  @Test func `a WAL cut off anywhere gives a whole prefix`() async throws {
    let shop = try Workshop()
    var options = SQLiteLog.Options()
    options.checkpointPages = 0
    let log = try SQLiteLog(shop.path(), options: options)
    for start in stride(from: 0, to: 400, by: 10) {
      _ = try await log.commit(Workshop.batch(start..<(start + 10)))
    }
    let wal = try Data(contentsOf: URL(filePath: shop.path().string + "-wal"))
    for cut in stride(from: 40, through: 100, by: 15) {
      let name = "cut\(cut).db"
      try Workshop.run("/bin/cp", [shop.path().string, shop.path(name).string])
      try wal.prefix(wal.count * cut / 100 - (cut == 100 ? 0 : 7))
        .write(to: URL(filePath: shop.path(name).string + "-wal"))
      try await check(shop, name, atLeast: cut == 100 ? 400 : 10, multipleOf: 10)
    }
    try log.close()
  }

  private func check(
    _ shop: Workshop, _ name: String, atLeast least: Int, multipleOf unit: Int = 1
  ) async throws {
    // A reader alone can open it, ...
    let found = try await SQLiteLogReader(shop.path(name)).events(limit: 100_000)
    #expect(found.count >= least && found.count % unit == 0)
    #expect(found.map(\.record.id) == (0..<found.count).map { "id-\($0)" })
    // ... so can the next run, ...
    let log = try SQLiteLog(shop.path(name))
    #expect(try await log.commit(Workshop.batch(0..<found.count)).duplicates == found.count)
    try log.close()
    // ... and another program finds nothing amiss.
    #expect(try Workshop.python(shop.path(name), "PRAGMA integrity_check") == "ok")
  }
}
