// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// The program against a real server.
@Suite(
  "Streams, end to end", .serialized, .enabled(if: NATSTools.areHere, NATSTools.howToInstall),
  .timeLimit(.minutes(3)))
struct StreamJobJetStreamTests {
  /// Runs shell beside a server; `$bus` is its address, `$port` its port, `$count` counts a stream's messages
  /// and how many ids those have.
  private func beside(
    _ scratch: Scratch, configuration: String = "", _ script: String
  ) throws -> Binary.Result {
    try Data((configuration + "\n").utf8).write(
      to: scratch.url.appendingPathComponent("server.conf"))
    return try Binary.shell(
      """
      cd '\(scratch.url.path)'
      port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
      '\(NATSTools.server)' -c server.conf -js -sd store -a 127.0.0.1 -p $port 2> server.log & server=$!
      trap 'kill -9 $server' EXIT
      \(NATSTools.waitForServer)
      bus=nats://127.0.0.1:$port
      count() {
        /usr/bin/python3 '\(Binary.root.path)/Bench/jetstream/read_stream.py' 127.0.0.1:$port $1 \
          | awk '{ n++; ids[$3] } END { print n + 0, length(ids) }'
      }
      \(script)
      """)
  }

  private static let town =
    "sightings generate --rate 60/s --cameras 50 --people 150k --hours 0.02 --gallery-size 1m "
    + "--mated 0.04 --fpir 0.05"

  @Test(
    "`sightings generate` feeds a stream by an outbox; bridge and replay bring the same there once")
  func generate() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch,
      """
      "$SIGHTLINE" \(Self.town) --bus $bus/MADE --outbox sqlite:outbox.db --json > made.json || exit 1
      count MADE
      "$SIGHTLINE" bus bridge --from sqlite:outbox.db --to "$bus/OTHER?prefix=other" --json \
        > bridged.json || exit 1
      count OTHER
      "$SIGHTLINE" bus replay --bus sqlite:outbox.db --to "$bus/OTHER?prefix=other" --json \
        > replayed.json || exit 1
      count OTHER
      "$SIGHTLINE" bus replay --bus sqlite:outbox.db --to "$bus/AGAIN?prefix=again" > /dev/null || exit 1
      count AGAIN
      """)
    #expect(result.status == 0, "\(result.errors)")
    func read(_ name: String) throws -> [String: Any] {
      try object(String(contentsOfFile: scratch.path(name), encoding: .utf8))
    }
    let made = try #require(try read("made.json").number("rate", "events"))
    #expect(made > 3000)
    #expect(
      result.output.split(separator: "\n").map(String.init)
        == Array(repeating: "\(Int(made)) \(Int(made))", count: 4))
    #expect(try read("made.json").number("forward", "forwarded") == made)
    #expect(try read("bridged.json").number("appended") == made)
    #expect(try read("replayed.json").number("duplicates") == made)
  }

  @Test("What a stream will not take is parked and told, by exit status, summary and `bus stats`")
  func parked() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch, configuration: "max_payload: 2460",
      """
      "$SIGHTLINE" \(Self.town) --bus $bus --outbox sqlite:outbox.db --json > made.json 2> errors
      echo $?; grep -c 'is parked in the outbox' errors; tail -1 errors
      "$SIGHTLINE" bus stats --bus sqlite:outbox.db --json > stats.json
      "$SIGHTLINE" bus forward --to $bus --outbox sqlite:outbox.db --retry-parked > /dev/null 2>&1; echo $?
      kill -9 $server; wait $server 2> /dev/null
      '\(NATSTools.server)' -js -sd store -a 127.0.0.1 -p $port 2> server.log & server=$!
      \(NATSTools.waitForServer)
      "$SIGHTLINE" bus forward --to $bus --outbox sqlite:outbox.db --retry-parked > /dev/null || exit 1
      count SIGHTINGS
      """)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 5, "\(lines)")
    #expect(lines[0] == "1" && lines[1] == "1" && lines[3] == "1")
    let summary = try object(String(contentsOfFile: scratch.path("made.json"), encoding: .utf8))
    let parked = try #require(summary.number("forward", "parked"))
    let made = try #require(summary.number("rate", "events"))
    #expect(parked > 0 && parked < made, "\(parked) of \(made)")
    #expect(lines[2].contains("\(Int(parked)) events could not be delivered"))
    #expect(lines[2].contains("--retry-parked"))
    let stats = try object(String(contentsOfFile: scratch.path("stats.json"), encoding: .utf8))
    let consumers = try #require(stats["consumers"] as? [[String: Any]])
    #expect(consumers.map { $0.number("parked") } == [parked])
    #expect(lines[4] == "\(Int(made)) \(Int(made))")
  }

  @Test(
    "An outbox that fails under forwarding leaves the run its summary, status 1 and every event")
  func outboxFails() throws {
    let scratch = try Scratch()
    let run = "\"$SIGHTLINE\" run '\(Binary.samples)' --gallery-size 100k --outbox sqlite:outbox.db"
    let result = try beside(
      scratch,
      """
      \(run) --bus $bus --json > first.json || exit 1
      /usr/bin/python3 -c '
      import sqlite3
      c = sqlite3.connect("outbox.db")
      c.execute("CREATE TRIGGER t BEFORE UPDATE ON consumers BEGIN SELECT RAISE(FAIL, \\"no more\\"); END")
      '
      \(run) --bus $bus --fresh --json > second.json 2> errors; echo $?; tail -1 errors
      /usr/bin/python3 -c 'import sqlite3; sqlite3.connect("outbox.db").execute("DROP TRIGGER t")'
      "$SIGHTLINE" bus forward --to $bus --outbox sqlite:outbox.db --json || exit 1
      """)
    #expect(result.status == 0, "\(result.errors)")
    let second = try object(String(contentsOfFile: scratch.path("second.json"), encoding: .utf8))
    #expect(second["state"] as? String == "finished")
    let lines = result.output.split(separator: "\n", maxSplits: 2).map(String.init)
    #expect(lines[0] == "1" && lines[1].contains("forwarding ended early"), "\(lines)")
    #expect(lines[1].contains("no more"))
    #expect(try object(lines[2]).number("waiting") == 0)
  }

  @Test(
    "Ctrl-C while a run waits for what is not acknowledged ends it with 130, summary and all events"
  )
  func stoppedFlush() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch,
      """
      kill -STOP $server
      "$SIGHTLINE" run '\(Binary.samples)' --gallery-size 100k --outbox sqlite:outbox.db --bus $bus \
        --flush 100000 --json > run.json 2> errors & run=$!
      # The run's end stands in the outbox before the wait begins.
      for _ in $(seq 600); do
        /usr/bin/python3 -c '
      import sqlite3
      assert list(sqlite3.connect("outbox.db").execute("SELECT state FROM runs")) == [("finished",)]
      ' 2> /dev/null && break
        sleep 0.1
      done
      kill -INT $run; wait $run; echo $?
      kill -CONT $server
      "$SIGHTLINE" bus forward --to $bus --outbox sqlite:outbox.db --json || exit 1
      """)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n", maxSplits: 1).map(String.init)
    #expect(lines[0] == "130")
    let summary = try object(String(contentsOfFile: scratch.path("run.json"), encoding: .utf8))
    #expect(summary["state"] as? String == "finished")
    let waiting = try #require(summary.number("bus", "forward", "waiting"))
    #expect(waiting > 0)
    #expect(try object(lines[1]).number("forwarded") == waiting)
  }

  @Test("A password stands in no list of processes, no summary, no message and no outbox")
  func secrets() throws {
    let scratch = try Scratch()
    let secret = "battery-staple"
    let result = try beside(
      scratch, configuration: "authorization { user: me, password: \"\(secret)\" }",
      """
      export SIGHTLINE_NATS_PASSWORD=\(secret)
      place=nats://me@127.0.0.1:$port
      "$SIGHTLINE" \(Self.town) --clock wall --hours 0.0006 --bus $place --outbox sqlite:a.db --json \
        > one.txt 2>&1 & made=$!
      for _ in $(seq 50); do
        tr '\\0' ' ' < /proc/$made/cmdline; pgrep -P $made -a; sleep 0.02
      done > processes.txt 2> /dev/null
      wait $made || exit 1
      unset SIGHTLINE_NATS_PASSWORD
      "$SIGHTLINE" bus bridge --from sqlite:a.db --to nats://me:\(secret)@127.0.0.1:$port/B?prefix=b --json \
        > two.txt 2>&1 || exit 1
      "$SIGHTLINE" bus bridge --from sqlite:a.db --to nats://me:\(secret)x@127.0.0.1:$port/B --json > three.txt 2>&1
      "$SIGHTLINE" bus stats --bus sqlite:a.db > four.txt
      grep -q generate processes.txt || exit 1
      cat a.db-wal >> a.db 2> /dev/null
      grep -l \(secret) processes.txt one.txt two.txt three.txt four.txt a.db
      grep -c refuses three.txt
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "1\n", "\(result.output)")
  }
}
