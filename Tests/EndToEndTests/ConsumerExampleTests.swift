// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Consumers to copy")
struct ConsumerExampleTests {
  /// How to run each, with the bus and its own database to follow.
  static let consumers: [(name: String, command: String)] = [
    (
      "python",
      "/usr/bin/python3 '\(Binary.root.path)/Examples/consumers/python/sqlite_consumer.py'"
    ),
    ("swift", "\"$(dirname \"$SIGHTLINE\")/example-consumer\""),
  ]

  private func counts(_ path: String) throws -> [String: Int] {
    let result = try Binary.shell(
      """
      /usr/bin/python3 -c '
      import json, sqlite3, sys
      print(json.dumps(dict(sqlite3.connect(sys.argv[1]).execute("SELECT * FROM closed").fetchall())))
      ' '\(path)'
      """)
    return try object(result.output) as? [String: Int] ?? [:]
  }

  @Test(
    "Each counts every closed sighting once: run again, after more events, beside a run, and killed",
    arguments: consumers.indices)
  func counted(index: Int) throws {
    let (name, command) = Self.consumers[index]
    let scratch = try Scratch()
    let (bus, own) = (scratch.path("bus.db"), scratch.path("own.db"))
    func wanted() throws -> [String: Int] {
      let events = try BusEvents("sqlite:\(bus)")
      return Dictionary(
        grouping: events.events.filter { events.data($0)["phase"] as? String == "closed" },
        by: { $0["partitionkey"] as? String ?? "" }
      ).mapValues(\.count)
    }
    let run = "\"$SIGHTLINE\" run '\(Binary.samples)' --gallery-size 100k --bus 'sqlite:\(bus)'"
    #expect(try Binary.shell(run).status == 0)
    for _ in 0..<2 {
      let consumed = try Binary.shell("\(command) '\(bus)' '\(own)'")
      #expect(consumed.status == 0, "\(name): \(consumed.errors)")
      #expect(try counts(own) == wanted())
    }
    // Beside a run that writes, killed at five moments, then once to the end.
    let beside = try Binary.shell(
      """
      \(run) --threshold 0.45 --threads 1 > /dev/null 2>&1 & run=$!
      for pause in 0.1 0.2 0.3 0.25 0.4; do
        \(command) '\(bus)' '\(own)' --follow & consumer=$!
        sleep $pause; kill -9 $consumer; wait $consumer 2> /dev/null
      done
      wait $run || exit 1
      \(command) '\(bus)' '\(own)'
      """)
    #expect(beside.status == 0, "\(name): \(beside.errors)")
    #expect(try counts(own) == wanted() && !wanted().isEmpty)
    let stats = try object(Binary.run("bus", "stats", "--bus", "sqlite:\(bus)", "--json").output)
    let consumers = try #require(stats["consumers"] as? [[String: Any]])
    #expect(consumers.map { $0.number("lag") } == [0])
  }
}
