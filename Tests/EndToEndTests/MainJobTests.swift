// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// Events of a bus as Python's sqlite3 would see them: read by another program's eyes where it matters.
struct BusEvents {
  let lines: [String]
  let events: [[String: Any]]

  init(_ bus: String) throws {
    let result = try Binary.run("bus", "tail", "--bus", bus)
    #expect(result.status == 0, "\(result.errors)")
    lines = result.output.split(separator: "\n").map(String.init)
    events = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  var ids: [String] { events.compactMap { $0["id"] as? String } }

  func data(_ event: [String: Any]) -> [String: Any] { event["data"] as? [String: Any] ?? [:] }

  /// Subjects of the events in a phase.
  func subjects(_ phase: String) -> [String] {
    events.filter { data($0)["phase"] as? String == phase }.compactMap { $0["subject"] as? String }
  }
}

func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

extension [String: Any] {
  /// The number at a path of keys.
  func number(_ path: String...) -> Double? {
    var here: Any? = self
    for key in path { here = (here as? [String: Any])?[key] }
    return (here as? NSNumber)?.doubleValue
  }
}

@Suite("The main job, end to end")
struct MainJobTests {
  @Test("SampleFrames come out of `simulate` again, byte for byte, from their recorded arguments")
  func rerender() throws {
    let scratch = try Scratch()
    let manifest = try object(
      String(contentsOfFile: Binary.samples + "/manifest.json", encoding: .utf8))
    let generator = try #require(manifest["generator"] as? [String: Any])
    let arguments = try #require(generator["arguments"] as? [String])
    let made = try Binary.finish(
      Binary.process(["simulate", "--out", scratch.path("frames")] + arguments))
    #expect(made.status == 0, "\(made.errors)")
    let compared = try Binary.shell(
      "diff --recursive --brief '\(Binary.samples)' '\(scratch.path("frames"))'")
    #expect(compared.status == 0, "\(compared.output)")
  }

  @Test("SampleFrames hold what they are for")
  func contents() throws {
    let manifest = try object(
      String(contentsOfFile: Binary.samples + "/manifest.json", encoding: .utf8))
    let truth = try object(String(contentsOfFile: Binary.samples + "/truth.json", encoding: .utf8))
    let frames = try #require(manifest["frames"] as? [[String: Any]])
    let appearances = try #require(truth["appearances"] as? [[String: Any]])
    #expect(frames.count >= 60)
    #expect((manifest["cameras"] as? [Any])?.count == 4)
    let size = try Binary.shell("du --summarize --bytes '\(Binary.samples)' | cut -f1")
    #expect(
      try #require(Int(size.output.trimmingCharacters(in: .whitespacesAndNewlines))) < 8 << 20)

    var occupied: [String: Int] = [:]
    var sides: [Double] = []
    for appearance in appearances {
      for frame in try #require(appearance["frames"] as? [[String: Any]]) {
        occupied["\(appearance["camera"] ?? "")/\(frame["seq"] ?? "")", default: 0] += 1
        sides.append(frame.number("marker_pixels") ?? 0)
      }
    }
    let empty = frames.filter { occupied["\($0["camera"] ?? "")/\($0["seq"] ?? "")"] == nil }
    #expect(empty.count >= 4, "frames with no face")
    #expect(occupied.values.contains { $0 >= 2 }, "two people in one frame")
    #expect(sides.contains { $0 < 18 } && sides.contains { $0 > 36 }, "small and large markers")
  }

  @Test("`run` finds the sightings, conserves frames, and tells it in one JSON object")
  func run() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let result = try Binary.run(
      "run", Binary.samples, "--gallery-size", "100k", "--bus", bus, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let summary = try object(result.output)
    let frames = try #require(summary["frames"] as? [String: Any])
    #expect(frames.number("failed") == 1)
    #expect(frames.number("damaged") == 1)
    #expect(frames.number("missing") == 1)
    #expect(frames.number("dropped") == 0)
    let entered = try #require(frames.number("in"))
    #expect(entered == 159)
    #expect(entered == (frames.number("decoded") ?? 0) + 1)
    for path in ["located", "embedded", "rejected"] {
      #expect(summary.number("faces", path) != nil)
    }
    #expect(summary.number("searches") == summary.number("faces", "embedded"))
    #expect(summary.number("gallery", "size") == 100_000)
    #expect(summary.number("gallery", "dimension") == 512)
    #expect((summary["gallery"] as? [String: Any])?["digest"] as? String != nil)
    let latency = ["p50", "p90", "p99", "p999"].compactMap { summary.number("latency_ms", $0) }
    #expect(latency.count == 4 && latency[0] > 0 && latency == latency.sorted())
    let stages = try #require(summary["stages"] as? [[String: Any]])
    #expect(
      stages.compactMap { $0["name"] as? String } == [
        "read", "decode", "locate", "embed", "match", "track", "publish",
      ])
    for key in ["count", "p50_ms", "p99_ms", "wait_p50_ms", "wait_p99_ms", "utilisation"] {
      #expect(stages.allSatisfy { $0.number(key) != nil })
    }
    #expect((0...1.01).contains(summary.number("bottleneck", "utilisation") ?? 2))
    let opened = summary.number("sightings", "opened")
    #expect(opened == summary.number("sightings", "closed"))

    let events = try BusEvents(bus)
    #expect(events.subjects("opened").count == Int(opened ?? -1))
    #expect(Set(events.subjects("opened")) == Set(events.subjects("closed")))
    #expect(events.events.allSatisfy { $0["simulated"] as? Bool == true })

    let score = try object(
      Binary.run("score", Binary.samples, "--bus", bus, "--json").output)
    let appearances = try #require(score.number("appearances"))
    #expect(appearances >= 8)
    #expect((score.number("right") ?? 0) >= 0.95 * appearances)
    // The model expects a few hundredths of a wrong name; two would be one chance in a thousand.
    #expect((score.number("wrong") ?? 9) <= 1)
    #expect(score.number("missed") == appearances - (score.number("right") ?? 0))
  }

  @Test("Every event follows the published JSON Schema")
  func schema() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    for clock in ["virtual", "wall"] {
      let run = try Binary.run("run", Binary.samples, "--bus", bus, "--clock", clock)
      #expect(run.status == 0, "\(run.errors)")
    }
    let schema = Binary.root.appendingPathComponent(
      "Sources/Sightings/Schemas/sighting.v1.schema.json"
    ).path
    let checked = try Binary.shell(
      """
      "$SIGHTLINE" bus tail --bus '\(bus)' | /usr/bin/python3 -c '
      import json, sys, jsonschema
      schema = json.load(open("\(schema)"))
      validator = jsonschema.Draft202012Validator(schema)
      lines = [json.loads(line) for line in sys.stdin]
      for event in lines: validator.validate(event)
      print(len(lines), sum("recordedtime" in event for event in lines))'
      """)
    #expect(checked.status == 0, "\(checked.errors)")
    let counts = checked.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    #expect(counts.count == 2 && counts[0] >= 20 && counts[1] >= 10, "\(checked.output)")
  }

  @Test("On the virtual clock the events are the same bytes, whatever the threads")
  func deterministic() throws {
    let scratch = try Scratch()
    var seen: [[String]] = []
    for (number, threads) in ["1", "2", "3"].enumerated() {
      let bus = "sqlite:\(scratch.path("bus-\(number).db"))"
      let run = try Binary.run("run", Binary.samples, "--bus", bus, "--threads", threads)
      #expect(run.status == 0, "\(run.errors)")
      seen.append(try BusEvents(bus).lines)
    }
    #expect(seen[0].count >= 20)
    #expect(seen[0] == seen[1] && seen[1] == seen[2])
  }

  @Test("`run` never opens the truth")
  func blind() throws {
    let scratch = try Scratch()
    let copy = scratch.path("frames")
    try FileManager.default.copyItem(atPath: Binary.samples, toPath: copy)
    try FileManager.default.removeItem(atPath: copy + "/truth.json")
    let bus = "sqlite:\(scratch.path("bus.db"))"
    #expect(try Binary.run("run", copy, "--bus", bus).status == 0)
    let score = try Binary.run("score", copy, "--bus", bus)
    #expect(score.status == 1)
    #expect(score.errors.contains("truth.json"), "\(score.errors)")
  }

  @Test("On the wall clock an overload drops frames, and every frame is accounted for")
  func overload() throws {
    let scratch = try Scratch()
    let made = try Binary.run(
      "simulate", "--out", scratch.path("frames"), "--cameras", "6", "--fps", "50", "--seconds",
      "1",
      "--seed", "2")
    #expect(made.status == 0, "\(made.errors)")
    let result = try Binary.run(
      "run", scratch.path("frames"), "--bus", "sqlite:\(scratch.path("bus.db"))", "--clock", "wall",
      "--threads", "1", "--decimation", "1", "--gallery-size", "1000", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let frames = try #require(try object(result.output)["frames"] as? [String: Any])
    let (decoded, dropped) = (frames.number("decoded") ?? 0, frames.number("dropped") ?? 0)
    #expect(frames.number("in") == 300)
    #expect(decoded + dropped + (frames.number("failed") ?? 0) == 300)
    #expect(dropped > 0)
  }

  @Test("`doctor` tells the CPU, the BLAS and its threads, memory and versions")
  func doctor() throws {
    let report = try object(Binary.run("doctor", "--json").output)
    #expect(report.number("blas", "threads") != nil)
    #expect(report.number("memory", "available_bytes") ?? 0 > 0)
    #expect((report["kernels"] as? [String: Any])?["variant"] != nil)
    #expect((report["libraries"] as? [String: Any])?["SQLite"] != nil)
    #expect(try Binary.run("doctor").output.contains("OpenBLAS"))
  }
}
