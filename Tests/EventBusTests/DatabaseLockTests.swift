// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import SystemPackage
import Testing

@Suite("Locks on a log") struct DatabaseLockTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  /// What another process finds of SQLite's shared lock, by which a connection in WAL mode says that it has
  /// the file open: `held`, or `free`.
  private func sharedLock() throws -> String {
    let script = """
      import fcntl, sys
      with open(sys.argv[1], "r+b") as f:
        try:
          fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
          print("free")
        except BlockingIOError:
          print("held")
      """
    return try Workshop.run("/usr/bin/python3", ["-c", script, shop.path().string])
  }

  @Test func `closing the log leaves a consumer's own lock in place`() async throws {
    let log = try SQLiteLog(shop.path())
    let consumer = try SQLiteConsumer("c", on: shop.path())
    _ = try await consumer.next(limit: 1)
    #expect(try sharedLock() == "held")
    try log.close()
    #expect(try sharedLock() == "held")
    // Nor does a writer that is refused, or one that comes and goes.
    let second = try SQLiteLog(shop.path())
    #expect(throws: BusError.self) { _ = try SQLiteLog(shop.path()) }
    try second.close()
    #expect(try sharedLock() == "held")
    try await consumer.close()
    #expect(try sharedLock() == "free")
  }

  @Test func `a log is locked under all its names, and free again when it is closed`() throws {
    let log = try SQLiteLog(shop.path())
    let link = shop.path("link.db")
    try FileManager.default.linkItem(atPath: shop.path().string, toPath: link.string)
    let error = #expect(throws: BusError.self) { _ = try SQLiteLog(link) }
    #expect(error?.code == .locked)
    try log.close()
    let other = try SQLiteLog(link)
    #expect(throws: BusError.self) { _ = try SQLiteLog(shop.path()) }
    try other.close()
    try SQLiteLog(shop.path()).close()
  }

  @Test func `a file that took the place of a removed one is another file`() throws {
    for _ in 0..<50 {
      try SQLiteLog(shop.path()).close()
      try FileManager.default.removeItem(atPath: shop.path().string)
    }
    // Descriptors of files that are gone are not kept.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      return target?.hasPrefix(shop.path().string) ?? false
    }
    #expect(open.count <= 1)
  }
}
