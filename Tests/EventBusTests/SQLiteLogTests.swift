// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Glibc
import SystemPackage
import Testing

@Suite struct SQLiteLogTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  @Test func `a commit is synced, and says so`() throws {
    let log = try SQLiteLog(shop.path())
    let durability = try log.durability()
    #expect(durability.isFull && durability.synchronous == 2 && durability.journal == "wal")
    try log.close()
  }

  @Test func `records keep their order and come back whole`() async throws {
    let log = try SQLiteLog(shop.path())
    let odd = BusRecord(
      id: "odd", type: "t", subject: "s'; --", partitionKey: "ü", timeMicroseconds: -1,
      body: Array("{\"text\":\"naïve 💡\"}".utf8))
    let empty = BusRecord(
      id: "", type: "", subject: "", partitionKey: "", timeMicroseconds: .min, body: [])
    let records = (0..<300).map { Workshop.record($0) } + [odd, empty]
    let receipt = try await log.commit(CommitBatch(records: records))
    #expect(receipt.appended == 302 && receipt.duplicates == 0)
    let reader = try SQLiteLogReader(shop.path())
    let read = try await reader.events()
    #expect(read.map(\.record) == records)
    #expect(read.map(\.sequence) == read.map(\.sequence).sorted())
    #expect(try await reader.events(after: read[9].sequence, limit: 5) == Array(read[10..<15]))
    try log.close()
  }

  @Test func `a second record of an id is dropped and counted`() async throws {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<10))
    let receipt = try await log.commit(Workshop.batch(5..<15))
    #expect(receipt.appended == 5 && receipt.duplicates == 5)
    let read = try await SQLiteLogReader(shop.path()).events()
    #expect(read.map(\.record.id) == (0..<15).map { "id-\($0)" })
    try log.close()
  }

  @Test func `closing twice is harmless, and nothing is written after`() async throws {
    let log = try SQLiteLog(shop.path())
    try log.close()
    try log.close()
    do {
      _ = try await log.commit(Workshop.batch(0..<1))
      Issue.record("a closed log took a record")
    } catch { #expect(error.code == .closed, "\(error)") }
  }

  @Test func `one writer at a time, and the other is told whom to stop`() throws {
    let log = try SQLiteLog(shop.path())
    let error = expectBusError(.locked) { _ = try SQLiteLog(shop.path()) }
    #expect(error?.message.contains("process \(getpid())") == true)
    _ = try SQLiteLogReader(shop.path())
    try log.close()
    try SQLiteLog(shop.path()).close()
  }

  @Test func `a lock file left by the dead does not hold`() throws {
    try Data("999999\n".utf8).write(to: shop.folder.appending(path: "events.db.lock"))
    try SQLiteLog(shop.path()).close()
  }

  @Test func `another process's lock holds while it lives and falls when it is killed`() throws {
    let script = """
      import fcntl, sys, time
      f = open(sys.argv[1], "w"); fcntl.flock(f, fcntl.LOCK_EX); f.write("77\\n"); f.flush()
      print("held", flush=True); time.sleep(60)
      """
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/python3")
    holder.arguments = ["-c", script, shop.path().string + ".lock"]
    let output = Pipe()
    holder.standardOutput = output
    try holder.run()
    _ = output.fileHandleForReading.availableData
    let error = expectBusError(.locked) { _ = try SQLiteLog(shop.path()) }
    #expect(error?.message.contains("process 77") == true)
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    try SQLiteLog(shop.path()).close()
  }

  @Test func `a missing folder or file is told`() {
    let nowhere = FilePath(shop.folder.path() + "/no/such/events.db")
    let error = expectBusError(.missing) { _ = try SQLiteLog(nowhere) }
    #expect(error?.message.contains("create it") == true)
    expectBusError(.missing) { _ = try SQLiteLogReader(shop.path()) }
    expectBusError(.notABus) {
      try FileManager.default.createDirectory(
        at: shop.folder.appending(path: "d.db"), withIntermediateDirectories: false)
      _ = try SQLiteLog(shop.path("d.db"))
    }
  }

  @Test(.disabled(if: geteuid() == 0, "root may write anywhere"))
  func `a folder one may not write is told`() throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o500], ofItemAtPath: shop.folder.path())
    expectBusError(.notAllowed) { _ = try SQLiteLog(shop.path()) }
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: shop.folder.path())
  }

  @Test(arguments: [3, 100, 600, 20_000])
  func `a file that is no database is refused and left alone`(bytes: Int) throws {
    let url = shop.folder.appending(path: "events.db")
    let text = Data(String(repeating: "notes ", count: bytes / 6 + 1).utf8.prefix(bytes))
    try text.write(to: url)
    expectBusError(.notABus) { _ = try SQLiteLog(shop.path()) }
    expectBusError(.notABus) { _ = try SQLiteLogReader(shop.path()) }
    #expect(try Data(contentsOf: url) == text)
  }

  @Test func `another program's database is refused and left alone`() throws {
    _ = try Workshop.python(shop.path(), "CREATE TABLE cats (name TEXT)")
    expectBusError(.notABus) { _ = try SQLiteLog(shop.path()) }
    expectBusError(.notABus) { _ = try SQLiteLogReader(shop.path()) }
    #expect(try Workshop.python(shop.path(), "PRAGMA journal_mode") == "delete")
  }

  @Test func `a later version is refused`() throws {
    try SQLiteLog(shop.path()).close()
    _ = try Workshop.python(shop.path(), "PRAGMA user_version = 99")
    expectBusError(.newerVersion) { _ = try SQLiteLog(shop.path()) }
    expectBusError(.newerVersion) { _ = try SQLiteLogReader(shop.path()) }
  }

  @Test func `a damaged file is told`() async throws {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<200))
    try log.close()
    let url = shop.folder.appending(path: "events.db")
    var bytes = try Data(contentsOf: url)
    // The header stays; the schema behind it does not.
    for offset in 100..<8000 { bytes[offset] = 0xaa }
    try bytes.write(to: url)
    expectBusError(.damaged) { _ = try SQLiteLog(shop.path()) }
  }

  @Test func `a full file is told, loses nothing, and goes on when there is room`() async throws {
    var options = SQLiteLog.Options()
    options.maximumPages = 60
    let log = try SQLiteLog(shop.path(), options: options)
    var kept = 0
    do {
      while kept < 10_000 {
        _ = try await log.commit(Workshop.batch(kept..<(kept + 20)))
        kept += 20
      }
      Issue.record("60 pages held \(kept) records")
    } catch {
      #expect(error.code == .full && error.message.contains("free some"), "\(error)")
    }
    try log.close()
    let again = try SQLiteLog(shop.path())
    let read = try await SQLiteLogReader(shop.path()).events(limit: 100_000)
    #expect(kept > 0 && read.map(\.record.id) == (0..<kept).map { "id-\($0)" })
    #expect(try await again.commit(Workshop.batch(kept..<(kept + 20))).appended == 20)
    try again.close()
  }
}
