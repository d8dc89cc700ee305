// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Scenario files")
struct ScenarioTests {
  private func write(_ text: String, _ scratch: Scratch) throws -> String {
    let path = scratch.path("s.yaml")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("A file gives the same bytes as its options, and an option counts before it")
  func sameAsOptions() throws {
    let scratch = try Scratch()
    let file = try write(
      """
      version: 1
      simulate:
        cameras: 2
        seconds: 0.02 minutes
        size: 320x240
        mated: 50 %
        blur: [0, 1.2]
        crossing: false
        seed: 18446744073709551615
      run:
        gallery-size: 2k
        fpir: 1/10
        clock: virtual
      """, scratch)
    let options =
      "--cameras 2 --seconds 1.2 --size 320x240 --mated 0.5 --blur 0,1.2 --seed 18446744073709551615"
    let made = try Binary.shell(
      """
      $SIGHTLINE simulate --config \(file) --out \(scratch.path("a")) &&
      $SIGHTLINE simulate \(options) --out \(scratch.path("b")) &&
      $SIGHTLINE simulate --config=\(file) --cameras 1 --out \(scratch.path("c")) &&
      diff -r \(scratch.path("a")) \(scratch.path("b")) && ls \(scratch.path("c"))/frames
      """)
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("cam-01") && !made.output.contains("cam-02"))
    let bus = "--bus sqlite:\(scratch.path("x.db"))"
    let run = try Binary.shell("$SIGHTLINE run \(scratch.path("a")) --config \(file) \(bus) --json")
    #expect(run.status == 0, "\(run.errors)")
    // The file's --fpir gives way to its rival on the command line.
    let other = try Binary.shell(
      "$SIGHTLINE run \(scratch.path("a")) --config \(file) \(bus) --threshold 0.5 --json")
    #expect(other.status == 0, "\(other.errors)")
    #expect(run.output.contains("\"target_fpir\"") || run.output.contains("0.1"))
    #expect(other.output.contains("0.5"))
  }

  @Test("Flag before environment before file before default")
  func precedence() throws {
    let scratch = try Scratch()
    let file = try write("version: 1\nrun:\n  top: 7\n  clock: wall\n  fpir: 0.1\n", scratch)
    let shown = try Binary.shell(
      "SIGHTLINE_RUN_TOP=9 SIGHTLINE_RUN_THRESHOLD=0.4 $SIGHTLINE config show run \(file) --effective --json"
    )
    #expect(shown.status == 0, "\(shown.errors)")
    var found: [String: [String]] = [:]
    for row in try object(shown.output)["settings"] as? [[String: Any]] ?? [] {
      found[row["key"] as? String ?? ""] = [row["value"], row["source"]].compactMap {
        $0 as? String
      }
    }
    #expect(found["top"] == ["9", "environment"])
    #expect(found["clock"] == ["wall", "file"])
    #expect(found["threshold"] == ["0.4", "environment"])
    #expect(found["fpir"]?.contains("file") == false)
    #expect(found["scale"] == ["1/1", "default"])
    let nobody = try Binary.shell("SIGHTLINE_RUN_TOPP=9 $SIGHTLINE run x")
    #expect(nobody.status == 2 && nobody.errors.contains("did you mean 'SIGHTLINE_RUN_TOP'?"))
  }

  @Test("The digest follows the settings, not where they come from")
  func digest() throws {
    let scratch = try Scratch()
    let file = try write("version: 1\nrun:\n  top: 7\n", scratch)
    let digests = try ["config show run \(file)", "config show run"].map { command in
      let text = try Binary.shell("SIGHTLINE_RUN_TOP=7 $SIGHTLINE \(command) --json").output
      return try #require(try object(text)["digest"] as? String)
    }
    #expect(digests[0] == digests[1])
    let other = try Binary.shell("$SIGHTLINE config show run --json").output
    #expect(try object(other)["digest"] as? String != digests[0])
  }

  @Test(
    "What is wrong with a file is told with its line, and how to mend it",
    arguments: [
      ("run:\n  top: 3\n", "has no 'version'"),
      ("version: 2\n", ":1: version: this program knows 1"),
      ("version: 1\nrunn:\n  top: 3\n", ":2: unknown key 'runn'; did you mean 'run'?"),
      ("version: 1\nrun:\n  fpri: 3\n", ":3: unknown key 'fpri'; did you mean 'fpir'?"),
      ("version: 1\nrun:\n  fpir: lots\n", ":3: fpir: 'lots' is not a share"),
      ("version: 1\nrun:\n  top: 3\n  fpir: 200 %\n", ":4: fpir: --fpir is a rate"),
      ("version: 1\nsimulate:\n  seconds: 3 pounds\n", ":3: seconds: '3 pounds' is not a time"),
      ("version: 1\nbench-pipeline:\n  duraton: 3 s\n", ":3: unknown key 'duraton'; did you mean"),
      ("version: 1\nbench-pipeline:\n  bound: p98=3s\n", ":3: bound: "),
      (
        "version: 1\nbench-pipeline:\n  bound: p99=1s\n  find-max: true\n  fps: -5\n",
        ":5: fps: --fps: give frames a second"
      ),
      ("version: 1\nrun:\n  threshold: -2\n", ":3: threshold: --threshold is a cosine"),
      ("version: 1\n#" + String(repeating: "x", count: 70_000), "more than the limit of 65536"),
      ("version: 1\nbench-pipeline:\n  max-age: old\n", ":3: max-age: 'old' is not a time"),
      (
        "version: 1\nthresholds:\n  - drops == 0\n  - p98 < 1 s\n",
        ":4: thresholds: unknown measure"
      ),
      (
        "version: 1\nrun:\n  top: 3\nthresholds:\n  - drops == 0\n  - cameras > 3\n",
        ":6: thresholds: --limit: 'cameras > 3': run does not measure 'cameras'"
      ),
      ("version: 1\nthresholds: p99 < 3 pounds\n", ":2: thresholds: 'p99 < 3 pounds'"),
      ("version: 1\nfaults:\n  stal: 1 %\n", ":3: unknown key 'stal'; did you mean 'stall'?"),
      ("version: 1\nfaults:\n  garbage:\n    - 1 %\n    - lots\n", ":5: garbage: 'lots' is no"),
      ("version: 1\nrun:\n  limit: drops == 0\n", ":3: unknown key 'limit'"),
      ("version: 1\nrun:\n  top: 3\n  captures: 101\n", ":4: captures: --captures: give a number"),
      (
        "version: 1\nrun:\n  least-captures: 4\n", ":3: least-captures: --least-captures: 4 is more"
      ),
      // The line that there is: of two options that do not agree it sets the one.
      ("version: 1\nrun:\n  captures: 1\n", ":3: captures: --least-captures: 2 is more than"),
      ("version: 1\nrun:\n  track-gap: 5 hours\n", ":3: track-gap: --track-gap: give a time"),
      ("version: 1\nrun:\n  cool-down: long\n", ":3: cool-down: 'long' is not a time"),
      (
        "version: 1\nrun:\n  cool-dwn: 3 s\n",
        ":3: unknown key 'cool-dwn'; did you mean 'cool-down'?"
      ),
      ("version: 1\nbench-pipeline:\n  cool-down: 3 s\n", ":3: unknown key 'cool-down'"),
      ("version: 1\nsimulate:\n  crossing: maybe\n", ":3: crossing: 'maybe' is not true or false"),
    ])
  func wrong(text: String, words: String) throws {
    let scratch = try Scratch()
    let file = try write(text, scratch)
    let checked = try Binary.run("config", "check", file)
    #expect(checked.status == 2 && checked.output == "")
    #expect(checked.errors.contains(words), "\(checked.errors)")
    #expect(checked.errors.split(separator: "\n").count == 1)
    let command =
      text.contains("simulate")
      ? "simulate --out x" : text.contains("bench-pipeline") ? "bench pipeline x" : "run x"
    let used = try Binary.shell("$SIGHTLINE \(command) --config \(file)")
    #expect(used.status == 2 && used.errors.contains(words), "\(used.errors)")
  }

  @Test("Every option of a command is a key, with the help's own default")
  func complete() throws {
    for command in ["simulate", "run", "bench-pipeline"] {
      let words = command.replacingOccurrences(of: "-", with: " ")
      let dump = try object(
        try Binary.shell("$SIGHTLINE \(words) --experimental-dump-help").output)
      let arguments = (dump["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
      var options: [String: String?] = [:]
      for argument in arguments where argument["kind"] as? String != "positional" {
        let name = (argument["preferredName"] as? [String: Any])?["name"] as? String ?? ""
        options[name] = argument["defaultValue"] as? String
      }
      for name in ["help", "version", "json", "config", "dry-run"] {
        options.removeValue(forKey: name)
      }
      let shown = try Binary.run("config", "show", command, "--effective", "--json")
      var keys: [String: String?] = [:]
      for row in try object(shown.output)["settings"] as? [[String: Any]] ?? [] {
        let value = row["value"] as? String
        keys[row["key"] as? String ?? ""] = value == "false" ? nil : value
      }
      #expect(Set(options.keys) == Set(keys.keys), "\(command)")
      for (name, value) in keys { #expect(options[name] ?? nil == value, "\(command) --\(name)") }
    }
  }

  @Test("The example can be taken, and the published schema agrees with the reader")
  func schema() throws {
    for name in ["gate", "chaos", "load"] {
      let example = Binary.root.appendingPathComponent("Examples/scenarios/\(name).yaml").path
      let checked = try Binary.run("config", "check", example)
      #expect(checked.status == 0, "\(checked.errors)")
    }
    try expectSnapshot(try Binary.run("config", "schema").output, named: "scenario.v1.schema.json")
  }
}
