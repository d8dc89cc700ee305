// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Sightings
import SystemPackage
import Testing

@Suite struct ReaderTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  @Test func `readers beside the writer, of two languages, see every event in order`() async throws
  {
    let path = shop.path()
    let log = try SQLiteLog(path)
    let reader = try SQLiteLogReader(path)
    let total = 3000
    let writer = GroupCommitWriter(log: log)
    async let swift = Self.follow(reader, total)
    async let python = Task.detached { try Self.python(path, total) }.value
    for number in 0..<total { try await writer.submit([Workshop.record(number)]) }
    try await writer.flush()
    #expect(try await swift == (0..<total).map { "id-\($0)" })
    #expect(try await python == "\(total)\n\(total)")
    try await writer.close()
  }

  /// Two processes, started by one: each that is waited for here holds a thread.
  private static func python(_ path: FilePath, _ total: Int) throws -> String {
    try Workshop.run(
      "/usr/bin/python3",
      [
        "-c",
        """
        import os, sqlite3, sys, time
        child = os.fork()
        c = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
        last, n, end = 0, 0, time.time() + 60
        while n < \(total) and time.time() < end:
            for seq, id in c.execute("SELECT seq, id FROM events WHERE seq > ? ORDER BY seq", (last,)):
                assert seq > last and id == "id-%d" % n
                last, n = seq, n + 1
            time.sleep(0.01)
        if child: os.waitpid(child, 0)
        print(n, flush=True)
        """, path.string,
      ])
  }

  private static func follow(_ reader: SQLiteLogReader, _ count: Int) async throws -> [String] {
    var ids: [String] = []
    for try await event in reader.follow(every: .milliseconds(10)) {
      ids.append(event.record.id)
      if ids.count == count { break }
    }
    return ids
  }

  @Test func `following goes on from a place, and ends when cancelled`() async throws {
    let log = try SQLiteLog(shop.path())
    _ = try await log.commit(Workshop.batch(0..<10))
    let reader = try SQLiteLogReader(shop.path())
    let place = try await reader.events()[6].sequence
    let task = Task {
      var ids: [String] = []
      for try await event in reader.follow(after: place, every: .milliseconds(5)) {
        ids.append(event.record.id)
      }
      return ids
    }
    try await Task.sleep(for: .milliseconds(50))
    _ = try await log.commit(Workshop.batch(10..<12))
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    #expect(try await task.value == (7..<12).map { "id-\($0)" })
    try log.close()
  }

  @Test func `statistics tell count, first and last`() async throws {
    let log = try SQLiteLog(shop.path())
    let reader = try SQLiteLogReader(shop.path())
    #expect(try await reader.statistics().last == nil)
    _ = try await log.commit(Workshop.batch(3..<10))
    let statistics = try await reader.statistics()
    #expect(statistics.count == 7)
    #expect(statistics.first?.timeMicroseconds == 3000)
    #expect(statistics.last?.timeMicroseconds == 9000)
    try reader.close()
    try log.close()
  }

  @Test(
    "An event without what every event has, or with a place that others have, is damage and not an event",
    arguments: [
      "UPDATE events SET type = NULL WHERE seq = 4", "UPDATE events SET body = NULL WHERE seq = 4",
      "UPDATE events SET seq = 3.5 WHERE seq = 4", "UPDATE events SET seq = 'abc' WHERE seq = 4",
    ])
  func damaged(_ sql: String) async throws {
    let path = shop.path()
    let log = try SQLiteLog(path)
    _ = try await log.commit(Workshop.batch(0..<10))
    try log.close()
    _ = try Workshop.python(
      path,
      "CREATE TABLE loose AS SELECT * FROM events;DROP TABLE events;ALTER TABLE loose RENAME TO events;"
        + sql)
    let reader = try SQLiteLogReader(path)
    await #expect {
      try await reader.events()
    } throws: { ($0 as? BusError)?.code == .damaged }
    try reader.close()
  }
}
