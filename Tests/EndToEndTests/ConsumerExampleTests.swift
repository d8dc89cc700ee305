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

  @Test(
    "The one of a NATS stream counts every closed sighting once, also when all come again",
    .enabled(if: NATSTools.areHere, NATSTools.howToInstall), .timeLimit(.minutes(2)))
  func stream() throws {
    let scratch = try Scratch()
    let (log, own) = (scratch.path("outbox.db"), scratch.path("own.db"))
    let tools = "\(Binary.root.path)/Bench/jetstream"
    let consumer =
      "'\(NATSTools.python)' '\(Binary.root.path)/Examples/consumers/python/nats_consumer.py'"
    let consumed = try Binary.shell(
      """
      cd '\(scratch.url.path)'
      port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
      '\(NATSTools.server)' -js -sd store -a 127.0.0.1 -p $port 2> server.log & server=$!
      trap 'kill -9 $server' EXIT
      \(NATSTools.waitForServer)
      bus=nats://127.0.0.1:$port/SIGHTINGS
      "$SIGHTLINE" run '\(Binary.samples)' --gallery-size 100k --bus $bus --outbox 'sqlite:\(log)' --json \
        > summary.json || exit 1
      \(consumer) nats://127.0.0.1:$port SIGHTINGS '\(own)' --once || exit 1
      cp '\(own)' once.db
      PYTHONPATH='\(tools)' /usr/bin/python3 -c '
      import sys
      from read_stream import ask
      assert ask("127.0.0.1", sys.argv[1], "$JS.API.CONSUMER.DELETE.SIGHTINGS.count-by-camera")["success"]
      ' $port || exit 1
      \(consumer) nats://127.0.0.1:$port SIGHTINGS '\(own)' --once
      """)
    #expect(consumed.status == 0, "\(consumed.errors)")
    let events = try BusEvents("sqlite:\(log)")
    let wanted = Dictionary(
      grouping: events.events.filter { events.data($0)["phase"] as? String == "closed" },
      by: { $0["partitionkey"] as? String ?? "" }
    ).mapValues(\.count)
    #expect(!wanted.isEmpty)
    #expect(try counts(scratch.path("once.db")) == wanted)
    #expect(try counts(own) == wanted)
    let summary = try object(String(contentsOfFile: scratch.path("summary.json"), encoding: .utf8))
    #expect(summary.number("bus", "forward", "forwarded") == Double(events.lines.count))
    let stats = try object(
      Binary.run("bus", "stats", "--bus", "sqlite:\(log)", "--json").output)
    let listed = try #require(stats["consumers"] as? [[String: Any]])
    #expect(listed.count == 1 && listed[0].number("lag") == 0)
    #expect((listed[0]["name"] as? String)?.hasPrefix("forward 127.0.0.1:") == true)
  }
}

/// A NATS server and a Python that has nats-py: those that `scripts/setup --nats` made, or the system's.
enum NATSTools {
  static let server = first(
    [
      ProcessInfo.processInfo.environment["SIGHTLINE_NATS_SERVER"],
      Binary.root.path + "/.build/nats/bin/nats-server", "/usr/sbin/nats-server",
    ], "--version")
  static let python = first(
    [Binary.root.path + "/.build/nats/bin/python3", "/usr/bin/python3"], "-c 'import nats'")
  static let areHere = !server.isEmpty && !python.isEmpty
  static let howToInstall: Comment =
    "no NATS server or no nats-py here; scripts/setup --nats installs them"

  /// Shell that ends when the server at `$port` takes connections, or with the shell when it does not.
  static let waitForServer = """
    for _ in $(seq 500); do (: < /dev/tcp/127.0.0.1/$port) 2> /dev/null && break; sleep 0.02; done
    (: < /dev/tcp/127.0.0.1/$port) || exit 1
    """

  /// The first that can be run with `arguments`; empty for none.
  private static func first(_ programs: [String?], _ arguments: String) -> String {
    programs.compactMap { $0 }.first {
      (try? Binary.shell("'\($0)' \(arguments)"))?.status == 0
    } ?? ""
  }
}
