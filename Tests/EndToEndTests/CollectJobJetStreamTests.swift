// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// `bus bridge` from a real server into a log.
@Suite(
  "A stream into a log, end to end", .serialized,
  .enabled(if: NATSTools.areHere, NATSTools.howToInstall), .timeLimit(.minutes(4)))
struct CollectJobJetStreamTests {
  /// Runs shell beside a server; `$bus` is its address, `serve` starts it again, `same A,… B` compares logs event
  /// for event: all of a camera in its order, and all of B in the stream's; `publish SUBJECT BODY` is another
  /// program's.
  private func beside(
    _ scratch: Scratch, configuration: String = "", _ script: String
  ) throws -> Binary.Result {
    try Data((configuration + "\n").utf8).write(
      to: scratch.url.appendingPathComponent("server.conf"))
    try Data(Self.compare.utf8).write(to: scratch.url.appendingPathComponent("compare.py"))
    try Data(Self.publish.utf8).write(to: scratch.url.appendingPathComponent("publish.py"))
    return try Binary.shell(
      """
      cd '\(scratch.url.path)'
      export PYTHONPATH='\(Binary.root.path)/Bench/jetstream' PYTHONDONTWRITEBYTECODE=1
      port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
      serve() {
        '\(NATSTools.server)' -c server.conf -js -sd store -a 127.0.0.1 -p $port 2>> server.log & server=$!
        \(NATSTools.waitForServer)
      }
      serve
      trap 'kill -9 $server $bridge 2> /dev/null' EXIT
      # Waits half a minute at most for what a command tells.
      soon() { for _ in $(seq 600); do "$@" > /dev/null 2>&1 && return; sleep 0.05; done; exit 1; }
      bus=nats://127.0.0.1:$port
      same() { /usr/bin/python3 compare.py $1 $2 127.0.0.1:$port; }
      publish() { /usr/bin/python3 publish.py $port "$@"; }
      \(script)
      """)
  }

  private static let compare = """
    import sqlite3, subprocess, sys
    def rows(path):
        return sqlite3.connect(path).execute(
            "SELECT id, type, subject, partition_key, time_us, body FROM events ORDER BY seq").fetchall()
    def cameras(rows):
        found = {}
        for row in rows: found.setdefault(row[3], []).append(row)
        return found
    first, second = [row for path in sys.argv[1].split(",") for row in rows(path)], rows(sys.argv[2])
    assert first, "nothing there"
    assert len(first) == len(second), "%d and %d events" % (len(first), len(second))
    assert cameras(first) == cameras(second), "a camera's events differ"
    import read_stream
    host, port = sys.argv[3].split(":")
    stream = [line.split()[2] for line in read_stream.read(host, int(port), "SIGHTINGS", False)]
    wanted = [id for id in stream if id != "-"]
    assert [row[0] for row in second] == wanted, "not in the stream's order"
    print("same")
    """

  private static let publish = """
    import socket, sys
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
    f = s.makefile("rb"); f.readline()
    body = sys.argv[3].encode()
    s.sendall(b'CONNECT {"verbose":false}\\r\\nSUB r 1\\r\\nPUB %s r %d\\r\\n%s\\r\\n'
              % (sys.argv[2].encode(), len(body), body))
    while not (words := f.readline().split()) or words[0] != b"MSG": pass
    """

  private static let town =
    "sightings generate --rate 60/s --cameras 50 --people 150k --hours 0.02 --gallery-size 1m "
    + "--mated 0.04 --fpir 0.05"

  @Test("What is generated, forwarded and bridged back is the same, event for event, and sound")
  func back() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch,
      """
      "$SIGHTLINE" \(Self.town) --bus $bus --outbox sqlite:outbox.db > /dev/null || exit 1
      "$SIGHTLINE" bus bridge --from $bus --to sqlite:copy.db --json > first.json 2> words || exit 1
      "$SIGHTLINE" bus bridge --from $bus/SIGHTINGS --to sqlite:./copy.db --json > again.json || exit 1
      same outbox.db copy.db
      "$SIGHTLINE" bus verify --bus sqlite:copy.db > /dev/null && echo sound
      grep -c 'reading from NATS server' words
      ln -s copy.db soft.db
      "$SIGHTLINE" bus bridge --from sqlite:copy.db --to sqlite:soft.db 2> /dev/null; echo $?
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "same\nsound\n1\n2\n", "\(result.output) \(result.errors)")
    func read(_ name: String) throws -> [String: Any] {
      try object(String(contentsOfFile: scratch.path(name), encoding: .utf8))
    }
    let first = try read("first.json")
    let events = try #require(first.number("events"))
    #expect(events > 3000 && first.number("appended") == events)
    #expect(first.number("duplicates") == 0 && first.number("skipped") == 0)
    #expect(try read("again.json").number("events") == 0)
  }

  @Test("Killed at any moment and started again, it loses nothing and tells nothing twice")
  func killed() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch,
      """
      "$SIGHTLINE" \(Self.town) --bus $bus --outbox sqlite:outbox.db > /dev/null || exit 1
      for pause in 0.05 0.1 0.15 0.2 0.25 0.3; do
        "$SIGHTLINE" bus bridge --from $bus --to sqlite:copy.db --follow > /dev/null 2>> words & bridge=$!
        sleep $pause; kill -9 $bridge; wait $bridge 2> /dev/null
      done
      "$SIGHTLINE" bus bridge --from $bus --to sqlite:copy.db > /dev/null || exit 1
      same outbox.db copy.db
      "$SIGHTLINE" bus verify --bus sqlite:copy.db > /dev/null && echo sound
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "same\nsound\n", "\(result.errors)")
  }

  @Test(
    "A server that stops and starts again under a bridge that follows is waited for; Ctrl-C ends it"
  )
  func away() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch,
      """
      "$SIGHTLINE" \(Self.town) --bus $bus --outbox sqlite:first.db > /dev/null || exit 1
      "$SIGHTLINE" bus bridge --from $bus --to sqlite:copy.db --follow > report 2> words & bridge=$!
      soon grep 'reading from' words
      kill -9 $server; wait $server 2> /dev/null
      soon grep 'what was carried is in the log' words
      serve
      "$SIGHTLINE" \(Self.town) --seed 2 --bus $bus --outbox sqlite:second.db > /dev/null || exit 1
      soon same first.db,second.db copy.db
      kill -INT $bridge; wait $bridge; echo $?
      same first.db,second.db copy.db
      grep -c 'reading from' words
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "130\nsame\n2\n", "\(result.output) \(result.errors)")
    #expect(
      try String(contentsOfFile: scratch.path("report"), encoding: .utf8).contains("appended"))
  }

  @Test(
    "Rubbish on the stream is told, makes the exit status 1 once, and keeps nothing from the log")
  func rubbish() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch,
      """
      "$SIGHTLINE" \(Self.town) --bus $bus --outbox sqlite:outbox.db > /dev/null || exit 1
      for n in $(seq 12); do publish sightline.sighting.x.y "rubbish $n"; done
      publish sightline.sighting.x.y '{"specversion":"1.0","id":"1","simulated":false}'
      "$SIGHTLINE" bus bridge --from $bus --to sqlite:copy.db --json > report.json 2> words; echo $?
      same outbox.db copy.db
      grep -c 'on sightline.sighting.x.y is skipped' words; tail -1 words
      "$SIGHTLINE" bus bridge --from $bus --to sqlite:copy.db > /dev/null 2>&1; echo $?
      """)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 5, "\(lines) \(result.errors)")
    #expect(lines[0] == "1" && lines[1] == "same" && lines[2] == "10" && lines[4] == "0")
    #expect(lines[3].contains("13 messages are no events of ours"))
    let report = try object(String(contentsOfFile: scratch.path("report.json"), encoding: .utf8))
    #expect(report.number("skipped") == 13)
  }

  @Test("What a user must put right is one line and status 1, makes no log, and repeats no secret")
  func refusals() throws {
    let scratch = try Scratch()
    let result = try beside(
      scratch, configuration: "authorization { user: me, password: \"battery-staple\" }",
      """
      try() { "$SIGHTLINE" bus bridge --from $1 --to sqlite:copy.db 2> words; echo $? $(grep -c "$2" words); cat words >> all; }
      try nats://me:battery-stapler@127.0.0.1:$port refuses
      try nats://battery-token@127.0.0.1:$port refuses
      export SIGHTLINE_NATS_PASSWORD=battery-staple
      try nats://me@127.0.0.1:$port/NOWHERE 'is not there'
      ls copy.db 2> /dev/null
      grep -c battery all
      grep -c 'seen by everyone' all
      """)
    #expect(result.output == "1 1\n1 1\n1 1\n0\n2\n", "\(result.output) \(result.errors)")
  }
}
