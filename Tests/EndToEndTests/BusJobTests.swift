// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("The bus, end to end")
struct BusJobTests {
  /// A bus with the sightings of SampleFrames.
  private func filled(_ scratch: Scratch, _ options: String...) throws -> String {
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let run = try Binary.finish(
      Binary.process(["run", Binary.samples, "--gallery-size", "100k", "--bus", bus] + options))
    #expect(run.status == 0, "\(run.errors)")
    return bus
  }

  @Test("`bus stats` and `bus verify` tell what a run left; a tampered log is found")
  func statsAndVerify() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch)
    let lines = try BusEvents(bus).lines.count
    let stats = try object(Binary.run("bus", "stats", "--bus", bus, "--json").output)
    #expect(stats.number("count") == Double(lines) && stats.number("open") == 0)
    #expect(stats.number("runs", "finished") == 1)
    #expect(try Binary.run("bus", "stats", "--bus", bus).output.contains("keeps     everything"))
    let sound = try Binary.run("bus", "verify", "--bus", bus)
    #expect(sound.status == 0 && sound.output.contains("all \(lines) events are sound"))

    let broken = try Binary.shell(
      """
      /usr/bin/python3 -c '
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1]); c.execute("DELETE FROM events WHERE seq = 5"); c.commit()
      ' '\(scratch.path("bus.db"))'
      "$SIGHTLINE" bus verify --bus '\(bus)'
      """)
    #expect(broken.status == 1 && broken.output == "")
    #expect(broken.errors.contains("after"), "\(broken.errors)")
  }

  @Test("Replay and bridge carry the same events to another log, once")
  func carry() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch)
    let all = try BusEvents(bus).lines
    let other = "sqlite:\(scratch.path("other.db"))"
    let replayed = try object(
      Binary.run("bus", "replay", "--bus", bus, "--to", other, "--json").output)
    #expect(replayed.number("appended") == Double(all.count))
    #expect(try BusEvents(other).lines == all)
    // Again, and by another way: nothing new.
    for _ in 0..<2 {
      let bridged = try object(
        Binary.run("bus", "bridge", "--from", bus, "--to", other, "--json").output)
      #expect(bridged.number("appended") == 0)
    }
    #expect(try Binary.run("bus", "verify", "--bus", other).status == 0)
    let stats = try object(Binary.run("bus", "stats", "--bus", bus, "--json").output)
    let consumers = try #require(stats["consumers"] as? [[String: Any]])
    #expect(consumers.count == 1 && consumers[0].number("lag") == 0)
    let tail = try Binary.run("bus", "replay", "--bus", bus, "--from", "4")
    #expect(tail.output.split(separator: "\n").map(String.init) == Array(all.dropFirst(3)))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("soft.db"), withDestinationPath: "bus.db")
    try FileManager.default.linkItem(
      atPath: scratch.path("bus.db"), toPath: scratch.path("hard.db"))
    for name in ["bus.db", "./bus.db", "soft.db", "hard.db"] {
      let same = "sqlite:\(scratch.path(name))"
      #expect(try Binary.run("bus", "replay", "--bus", bus, "--to", same).status == 2)
      let bridged = try Binary.run("bus", "bridge", "--from", bus, "--to", same)
      #expect(bridged.status == 2 && bridged.errors.contains("the same bus"), "\(bridged.errors)")
    }
  }

  @Test("A bus with a limit drops what was taken, and refuses what a consumer waits for")
  func limits() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch)
    #expect(try Binary.run("bus", "consumer", "slow", "--at", "begin", "--bus", bus).status == 0)
    let set = try Binary.run("bus", "retain", "--max-events", "10", "--bus", bus)
    #expect(set.status == 0 && set.output.contains("at most 10 events"), "\(set.errors)")
    let full = try Binary.run(
      "run", Binary.samples, "--gallery-size", "100k", "--threshold", "0.4", "--bus", bus)
    #expect(full.status == 1)
    #expect(full.errors.contains("consumer 'slow'"), "\(full.errors)")
    // The consumer takes what there is, and the run goes on where it ended.
    #expect(try Binary.run("bus", "consumer", "slow", "--at", "end", "--bus", bus).status == 0)
    #expect(try Binary.run("bus", "consumer", "slow", "--drop", "--bus", bus).status == 0)
    let rest = try Binary.run(
      "run", Binary.samples, "--gallery-size", "100k", "--threshold", "0.4", "--bus", bus, "--json")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(try object(rest.output)["resumed"] as? Bool == true)
    let verified = try Binary.run("bus", "verify", "--bus", bus)
    #expect(verified.status == 0, "\(verified.errors)")
    let lifted = try Binary.run("bus", "retain", "--max-events", "none", "--bus", bus)
    #expect(lifted.output.contains("keeps everything"))
  }

  @Test("`schema validate` passes the events of a run and tells line and field of what is wrong")
  func validate() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch, "--publish-truth", "--clock", "wall")
    let good = try Binary.shell(
      "\"$SIGHTLINE\" bus tail --bus '\(bus)' | \"$SIGHTLINE\" schema validate")
    #expect(good.status == 0 && good.output.contains("events are valid"), "\(good.errors)")
    let bad = try Binary.shell(
      """
      "$SIGHTLINE" schema examples | sed '2s/"revision":[0-9]*/"revision":"two"/' \
        | "$SIGHTLINE" schema validate
      """)
    #expect(bad.status == 1 && bad.output == "")
    #expect(bad.errors.contains("line 2: data.revision is a string"), "\(bad.errors)")
    let file = try Binary.run("schema", "validate", scratch.path("nothing"))
    #expect(file.status == 1 && file.errors.contains("nothing"))
  }

  @Test("Truth is published only when asked for, on its own type, and agrees with the frame set")
  func truth() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch, "--publish-truth")
    let events = try BusEvents(bus).events
    let truths = events.filter { $0["type"] as? String == "org.sightline.truth.recorded" }
    let listed = try object(
      String(contentsOfFile: Binary.samples + "/truth.json", encoding: .utf8))
    let appearances = try #require(listed["appearances"] as? [[String: Any]])
    #expect(truths.count == appearances.count)
    #expect(
      Set(truths.compactMap { ($0["data"] as? [String: Any])?["subject_id"] as? String }).count
        == Set(appearances.compactMap { $0.number("identity") }).count)
    // The sightings are those of a run that was not asked.
    let other = try Scratch()
    let plain = try filled(other)
    let sightings = events.filter { $0["type"] as? String != "org.sightline.truth.recorded" }
    #expect(
      sightings.compactMap { $0["id"] as? String } == (try BusEvents(plain)).ids)
    #expect(try Binary.run("score", Binary.samples, "--bus", bus).status == 0)
    #expect(try Binary.run("bus", "verify", "--bus", bus).status == 0)
  }

  @Test("Events, truth and examples are valid to Python's jsonschema, by the schemas we print")
  func foreign() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch, "--publish-truth")
    let checked = try Binary.shell(
      """
      cd '\(scratch.url.path)'
      "$SIGHTLINE" schema show sighting > sighting.json && "$SIGHTLINE" schema show truth > truth.json
      { "$SIGHTLINE" bus tail --bus '\(bus)'; "$SIGHTLINE" schema examples; } | /usr/bin/python3 -c '
      import json, sys, jsonschema
      by = {k: jsonschema.Draft202012Validator(json.load(open(k + ".json"))) for k in ("sighting", "truth")}
      n = 0
      for line in sys.stdin:
          event = json.loads(line)
          by[event["type"].split(".")[2]].validate(event)
          n += 1
      print(n)'
      """)
    #expect(checked.status == 0, "\(checked.errors)")
    #expect((Int(checked.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 20)
  }

  @Test(
    "Every event is a CloudEvent to the cloudevents package",
    .enabled(
      if: ProcessInfo.processInfo.environment["SIGHTLINE_HEAVY"] == "1",
      "needs a package index; with SIGHTLINE_HEAVY=1"))
  func cloudevents() throws {
    let scratch = try Scratch()
    let bus = try filled(scratch, "--publish-truth")
    let checked = try Binary.shell(
      """
      set -e; cd '\(scratch.url.path)'
      /usr/bin/python3 -m venv venv && venv/bin/pip install --quiet cloudevents==1.12.0
      "$SIGHTLINE" bus tail --bus '\(bus)' | venv/bin/python -c '
      import sys
      from cloudevents.http import from_json
      n = 0
      for line in sys.stdin:
          event = from_json(line)
          assert event["specversion"] == "1.0" and event["simulated"] is True and event.data["camera"]
          n += 1
      print(n)'
      """)
    #expect(checked.status == 0, "\(checked.errors)")
    #expect((Int(checked.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 20)
  }
}
