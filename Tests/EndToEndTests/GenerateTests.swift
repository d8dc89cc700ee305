// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("sightings generate")
struct GenerateTests {
  private static let town = [
    "sightings", "generate", "--rate", "60/s", "--cameras", "50", "--people", "150k", "--hours",
    "0.1", "--gallery-size", "1m", "--mated", "0.04", "--fpir", "0.05",
  ]

  private func generate(_ more: [String]) throws -> Binary.Result {
    try Binary.finish(Binary.process(Self.town + more))
  }

  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  @Test("Lines are events of the published schema, the same with any number of threads")
  func lines() throws {
    let scratch = try Scratch()
    let made = try generate(["--threads", "2"])
    #expect(made.status == 0)
    #expect(lines(made.output).count > 15_000)
    #expect(made.errors.contains("expected 21,600"))
    let other = scratch.path("events.jsonl")
    let file = try generate(["--threads", "3", "--out", other, "--json"])
    #expect(file.status == 0, "\(file.errors)")
    #expect(try String(contentsOfFile: other, encoding: .utf8) == made.output)
    let summary = try #require(
      try JSONSerialization.jsonObject(with: Data(file.output.utf8)) as? [String: Any])
    #expect(summary["simulated"] as? Bool == true && summary["state"] as? String == "finished")
    #expect((summary["rate"] as? [String: Any])?["events"] as? Int == lines(made.output).count)

    let script = """
      import json, sys
      from jsonschema import Draft202012Validator as V
      v = V(json.load(open(sys.argv[1])))
      bad = [e for l in list(open(sys.argv[2]))[::29] for e in v.iter_errors(json.loads(l))]
      print("invalid", len(bad), bad[:1])
      """
    let schema = Binary.root.appendingPathComponent(
      "Sources/Sightings/Schemas/sighting.v1.schema.json"
    ).path
    let python = Binary.process(["-c", script, schema, other])
    python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    let checked = try Binary.finish(python)
    #expect(checked.output == "invalid 0 []\n", "\(checked.errors)")
  }

  @Test("After kill -9 the same command goes on, and the bus has the very stream")
  func killed() throws {
    let scratch = try Scratch()
    let whole = try generate([])
    let bus = "sqlite:\(scratch.path("bus.db"))"
    var killed = 0
    for count in [1, 4_000, 9_000] {
      let process = Binary.process(Self.town + ["--bus", bus])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      for _ in 0..<2000 where process.isRunning {
        let there = try Binary.shell(
          "python3 -c 'import sqlite3; print(sqlite3.connect(\"\(bus.dropFirst(7))\").execute("
            + "\"select count(*) from events\").fetchone()[0])'")
        if Int(there.output.trimmingCharacters(in: .newlines)) ?? 0 >= count { break }
        usleep(5_000)
      }
      if process.isRunning {
        kill(process.processIdentifier, SIGKILL)
        killed += 1
      }
      process.waitUntilExit()
    }
    #expect(killed > 0, "the stream was too fast to be interrupted")
    let last = try generate(["--bus", bus, "--json"])
    #expect(last.status == 0, "\(last.errors)")
    #expect(try Binary.run("bus", "tail", "--bus", bus).output == whole.output)

    let again = try generate(["--bus", bus])
    #expect(again.status == 1 && again.errors.contains("holds this very stream already"))
    let other = try generate(["--bus", bus, "--seed", "2"])
    #expect(other.status == 1 && other.errors.contains("give it a new file"))
    #expect(try Binary.run("bus", "tail", "--bus", bus).output == whole.output)
  }

  @Test("A stream does not go on in a file that holds another's events beside its own")
  func mixed() throws {
    let scratch = try Scratch()
    let file = "sqlite:" + scratch.path("m.db")
    #expect(try generate(["--bus", file, "--hours", "0.01"]).status == 0)
    let other = try generate(["--bus", file, "--hours", "0.01", "--seed", "9"])
    #expect(other.status == 1)
    #expect(other.errors.contains("give it a new file"), "\(other.errors)")
  }

  @Test("Truth goes to its own file, and tells right names from wrong ones")
  func truth() throws {
    let scratch = try Scratch()
    let path = scratch.path("truth.jsonl")
    let made = try generate(["--truth", path, "--mated", "0.5"])
    var names: [String: String] = [:]
    for line in lines(try String(contentsOfFile: path, encoding: .utf8)) {
      let visit = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(visit["simulated"] as? Bool == true)
      names[try #require(visit["sighting_id"] as? String)] = visit["subject_id"] as? String
    }
    var (right, wrong) = (0, 0)
    for line in lines(made.output) where line.contains("sighting.opened") {
      let event = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let id = try #require(event["subject"] as? String)
      let best = ((event["data"] as? [String: Any])?["candidates"] as? [[String: Any]])?.first
      let name = try #require(names[id], "a sighting of a visit that the truth knows")
      if best?["subject_id"] as? String == name { right += 1 } else { wrong += 1 }
    }
    #expect(right > 3000 && wrong > 10)
    #expect(made.errors.contains("right names"))
  }

  @Test("A stream that is stopped leaves the file's name alone, and says where its part is")
  func stopped() throws {
    let scratch = try Scratch()
    let file = scratch.path("events.jsonl")
    try Data("of yesterday\n".utf8).write(to: URL(fileURLWithPath: file))
    let result = try Binary.shell(
      """
      "$SIGHTLINE" \(Self.town.joined(separator: " ")) --people 1m --gallery-size 2m --hours 400 --out '\(file)' \
        --truth '\(scratch.path("truth.jsonl"))' > /dev/null & made=$!
      for _ in $(seq 500); do
        size=$(stat -c %s '\(scratch.url.path)'/.events.jsonl.*.partial 2> /dev/null || echo 0)
        [ "$size" -gt 100000 ] && break; sleep 0.02
      done
      kill -INT $made; wait $made
      """)
    #expect(result.status == 130, "\(result.errors)")
    #expect(result.errors.contains("\(file).partial"), "\(result.errors)")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "of yesterday\n")
    let part = try String(contentsOfFile: file + ".partial", encoding: .utf8)
    #expect(part.hasSuffix("}\n"))
    for line in lines(part).suffix(5) {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted()
        == ["events.jsonl", "events.jsonl.partial", "truth.jsonl.partial"])
  }

  @Test("On the wall clock the stream is paced, and ends as it should")
  func wall() throws {
    let made = try Binary.run(
      "sightings", "generate", "--clock", "wall", "--hours", "0.0008", "--rate", "50/s",
      "--cameras",
      "20", "--bus", "null", "--json")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("\"worst_seconds\""))
  }

  @Test(
    "Wrong usage exits with 2 and says what is right",
    arguments: [
      ("--people 100", "--people: 100 people cannot make"),
      ("--rate 0", "--rate"),
      ("--hours -1", "--hours"),
      ("--json", "give --bus, or --out FILE"),
      ("--bus null --out x", "give one of them"),
      ("--clock wall --start 2024-01-01T00:00:00Z", "leave it out"),
      ("--start yesterday", "--start"),
      ("--line C,Q", "'Q' is not known"),
      ("--mated 0.5 --gallery-size 10", "do not fit a gallery of 10"),
      ("--bus kafka://x", "sqlite:"),
    ])
  func usage(arguments: String, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE sightings generate \(arguments)")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
