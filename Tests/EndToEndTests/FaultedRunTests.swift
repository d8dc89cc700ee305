// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Runs in which things go wrong")
struct FaultedRunTests {
  private static let faults = """
    faults:
      stall: every 4 s for 1 s at cam-01
      away: every 6 s for 3 s at cam-02
      skew: by 500 ms at cam-03
      back: every 5 s for 1 s by 2 s at cam-04
      twice: 5 %
      truncated: 5 %
      garbage: 5 %
      matcher: every 3 for 20 ms
      disk: every 2 for 20 ms
    """

  private func write(_ text: String, _ scratch: Scratch) throws -> String {
    let path = scratch.path("s.yaml")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(
    "A process that stood still is told as late where frames wait, a queue that was full is not")
  func late() throws {
    let scratch = try Scratch()
    let run = """
      $SIGHTLINE run '\(Binary.samples)' --gallery procedural:1000 --locate boxes --clock wall --when-full block \
      --json --bus 'sqlite:\(scratch.path("s.db"))' --fresh
      """
    let stopped = try Binary.shell(
      "\(run) --queue-frames 200 & pid=$!; sleep 3; kill -STOP $pid; sleep 3; kill -CONT $pid; wait $pid"
    )
    #expect(stopped.status == 0, "\(stopped.errors)")
    #expect(try object(stopped.output).number("frames", "late") ?? 0 >= 5)
    let full = try Binary.shell("\(run) --queue-frames 1 --fault 'matcher every 4 for 3 s'")
    #expect(full.status == 0, "\(full.errors)")
    let summary = try object(full.output)
    #expect(summary.number("frames", "dropped") == 0)
    #expect(summary.number("frames", "late") == 0)
  }

  @Test("A scenario with a seed gives the same bytes, whatever the threads and what is slow")
  func deterministic() throws {
    let scratch = try Scratch()
    var seen: [[String]] = []
    var struck: [[[String: Any]]] = []
    for (number, threads) in ["1", "2", "5"].enumerated() {
      // One of them is slow as well: that changes when things happen, never what.
      let faults = Self.faults.split(separator: "\n").dropLast(number == 1 ? 0 : 2)
        .joined(separator: "\n")
      let file = try write(
        "version: 1\nrun:\n  gallery-size: 100k\n  fpir: 0.003\n  threads: \(threads)\n\(faults)\n",
        scratch)
      let bus = "sqlite:\(scratch.path("bus-\(number).db"))"
      let run = try Binary.run("run", Binary.samples, "--config", file, "--bus", bus, "--json")
      #expect(run.status == 0, "\(run.errors)")
      struck.append(try #require(try object(run.output)["faults"] as? [[String: Any]]))
      seen.append(try BusEvents(bus).lines)
    }
    #expect(seen[0].count >= 20)
    #expect(seen[0] == seen[1] && seen[1] == seen[2])
    #expect(struck[0] as NSArray == struck[2] as NSArray)
    #expect(struck[1].count == struck[0].count + 2)
    // And not because nothing struck.
    let plain = "sqlite:\(scratch.path("plain.db"))"
    try Binary.run(
      "run", Binary.samples, "--gallery-size", "100k", "--fpir", "0.003", "--bus", plain)
    #expect(try BusEvents(plain).lines != seen[0])
  }

  @Test("Frames balance, every fault is in the summary, and what was open is closed")
  func balanced() throws {
    let scratch = try Scratch()
    let file = try write("version: 1\nrun:\n  gallery-size: 100k\n\(Self.faults)\n", scratch)
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let run = try Binary.run(
      "run", Binary.samples, "--config", file, "--bus", bus, "--json", "--limit", "unclosed == 0",
      "--limit", "drops == 0")
    #expect(run.status == 0, "\(run.errors)")
    let summary = try object(run.output)
    let frames = try #require(summary["frames"] as? [String: Any])
    let left = ["decoded", "failed", "dropped"].compactMap { frames.number($0) }.reduce(0, +)
    #expect(frames.number("in") == left)
    let faults = try #require(summary["faults"] as? [[String: Any]])
    func count(_ kind: String, _ key: String = "frames") -> Double {
      faults.filter { $0["kind"] as? String == kind }.compactMap { $0.number(key) }.reduce(0, +)
    }
    #expect(Set(faults.compactMap { $0["kind"] as? String }).count == 9)
    // 159 frames of the set and one gap of its own.
    #expect(frames.number("in") == 159 + count("twice") - count("away"))
    #expect(frames.number("missing") == 1 + count("away"))
    #expect((frames.number("failed") ?? 0) >= count("garbage"))
    #expect((frames.number("out_of_order") ?? 0) >= 1)
    #expect(count("disk", "times") >= 1 && count("matcher", "times") >= 1)
    let limits = try #require(summary["limits"] as? [[String: Any]])
    #expect(limits.map { $0["outcome"] as? String } == ["holds", "holds"])
    let events = try BusEvents(bus)
    #expect(Set(events.subjects("opened")) == Set(events.subjects("closed")))
    #expect(try Binary.run("bus", "verify", "--bus", bus).status == 0)
  }

  @Test(
    "A limit that is broken ends a run with 99, after its summary, which tells what was measured")
  func limits() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let file = try write("version: 1\nthresholds: [drops == 0, searches < 3]\n", scratch)
    let command = "$SIGHTLINE run '\(Binary.samples)' --gallery-size 2k --bus \(bus)"
    let run = try Binary.shell("\(command) --config \(file) --json")
    #expect(run.status == 99)
    let limits = try #require(try object(run.output)["limits"] as? [[String: Any]])
    #expect(limits.map { $0["outcome"] as? String } == ["holds", "broken"])
    #expect((limits[1].number("measured") ?? 0) >= 3)
    let text = try Binary.shell("\(command) --config \(file)")
    #expect(text.status == 99 && text.output.contains("BROKEN"))
    // On the command line they stand in the place of the file's.
    let other = try Binary.shell("\(command) --config \(file) --limit 'searches > 3'")
    #expect(other.status == 0, "\(other.errors)")
  }

  @Test("A limit that nothing was measured to judge by is not met: 99, and told as that")
  func unmeasured() throws {
    let scratch = try Scratch()
    // Nobody is as alike as this: no event, so no latency.
    let command =
      "$SIGHTLINE run '\(Binary.samples)' --gallery-size 2k --threshold 1 --bus "
      + "sqlite:\(scratch.path("bus.db")) --limit 'p99 < 1000 s' --limit 'opened == 0'"
    let run = try Binary.shell("\(command) --json")
    #expect(run.status == 99, "\(run.errors)")
    let limits = try #require(try object(run.output)["limits"] as? [[String: Any]])
    #expect(limits.map { $0["outcome"] as? String } == ["unmeasured", "holds"])
    #expect(limits[0]["measured"] == nil)
    let text = try Binary.shell(command)
    #expect(text.status == 99 && text.output.contains("NOT MET"), "\(text.output)")
  }

  @Test(
    "A limit on what a command never measures is wrong usage, and all that it names instead are measured",
    arguments: [
      ("run", "--gallery-size 20k", "cores"),
      (
        "bench pipeline",
        "--scenario single --gallery procedural:2k --locate boxes "
          + "--duration 300ms --warmup 100ms --bus none", "cameras"
      ),
    ])
  func neverMeasured(command: String, options: String, strange: String) throws {
    let scratch = try Scratch()
    let bus = command == "run" ? "--bus sqlite:\(scratch.path("bus.db"))" : ""
    let line = "$SIGHTLINE \(command) '\(Binary.samples)' \(options) \(bus)"
    let refused = try Binary.shell("\(line) --limit 'drops == 0' --limit '\(strange) >= 1'")
    #expect(refused.status == 2 && refused.output == "")
    #expect(refused.errors.contains("does not measure '\(strange)'"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path("bus.db")))
    // In a file it is told by its line, but not where the command line's are in its place.
    let file = try write(
      "version: 1\nthresholds:\n  - drops == 0\n  - \(strange)  >= 1\n", scratch)
    let located = try Binary.shell("\(line) --config \(file)")
    #expect(located.status == 2 && located.errors.contains("s.yaml:4: thresholds: "))
    let overridden = try Binary.shell("\(line) --config \(file) --limit '\(strange) >= 2'")
    #expect(overridden.status == 2 && !overridden.errors.contains("s.yaml"))

    let list = try #require(refused.errors.firstMatch(of: /name one of: ([a-z0-9., ]+)/)).1
    let names = list.split(separator: ", ").map { $0.split(separator: "\n")[0] }
    #expect(names.count > 5)
    let all = names.map { "--limit '\($0) >= 0'" }.joined(separator: " ")
    let run = try Binary.shell("\(line) \(all) --json")
    #expect(run.status == 0, "\(run.output) \(run.errors)")
    let limits = try #require(try object(run.output)["limits"] as? [[String: Any]])
    #expect(limits.count == names.count)
    #expect(limits.allSatisfy { $0["outcome"] as? String == "holds" && $0["measured"] != nil })
  }

  @Test("The digest that a result carries is the one that config show tells")
  func digest() throws {
    let scratch = try Scratch()
    let bus = "sqlite:\(scratch.path("bus.db"))"
    let file = try write(
      "version: 1\nrun:\n  bus: \(bus)\n  gallery-size: 2k\n\(Self.faults)\n", scratch)
    let run = try object(
      try Binary.run("run", Binary.samples, "--config", file, "--json").output)
    let shown = try object(try Binary.run("config", "show", "run", file, "--json").output)
    let digest = try #require(run["settings_digest"] as? String)
    #expect(digest == shown["digest"] as? String)
    let bench = try object(
      Binary.shell(
        "$SIGHTLINE bench pipeline '\(Binary.samples)' --scenario single --gallery procedural:2k "
          + "--locate boxes --duration 300ms --warmup 100ms --json --limit 'drops == 0' "
          + "--fault 'matcher every 2 for 1 ms' --fault 'disk every 1 for 1 ms' --fault 'twice 1 %'"
      ).output)
    #expect((bench["settings_digest"] as? String)?.count == digest.count)
    let limits = try #require(bench["limits"] as? [[String: Any]])
    #expect(limits.map { $0["outcome"] as? String } == ["holds"])
    let faults = try #require((bench["run"] as? [String: Any])?["faults"] as? [[String: Any]])
    #expect(faults.compactMap { $0["kind"] as? String } == ["matcher", "disk"])
    #expect(faults.allSatisfy { ($0.number("times") ?? 0) >= 1 })
  }

  @Test("A dry run says what would be done, and does nothing")
  func dryRun() throws {
    let scratch = try Scratch()
    let file = try write("version: 1\nrun:\n  gallery-size: 2m\n\(Self.faults)\n", scratch)
    let bus = scratch.path("bus.db")
    let run = try Binary.shell(
      "$SIGHTLINE run '\(Binary.samples)' --config \(file) --bus sqlite:\(bus) --dry-run")
    #expect(run.status == 0, "\(run.errors)")
    for words in [
      "159 frames of 4 cameras", "procedural:2000000", "3.8 GiB", "time", "stall every",
    ] {
      #expect(run.output.contains(words), "\(run.output)")
    }
    #expect(!FileManager.default.fileExists(atPath: bus))
    let out = scratch.path("set")
    let simulate = try Binary.run("simulate", "--out", out, "--cameras", "3", "--dry-run")
    #expect(simulate.status == 0 && simulate.output.contains("75 of 3 cameras"))
    // The list of a day's frames takes more than any of them.
    let day = try Binary.run(
      "simulate", "--out", out, "--cameras", "8", "--seconds", "86400", "--dry-run")
    #expect(day.output.contains("10.0 GiB for the list"), "\(day.output)")
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test("A camera that the set does not have is wrong usage, told before anything is done")
  func unknownCamera() throws {
    let scratch = try Scratch()
    let bus = scratch.path("bus.db")
    let run = try Binary.run(
      "run", Binary.samples, "--bus", "sqlite:\(bus)", "--fault", "garbage 1 % at cam-99")
    #expect(run.status == 2 && run.errors.contains("no camera 'cam-99'"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: bus))
  }
}

@Suite("Everything goes wrong at once")
struct ChaosTests {
  @Test(
    "A run through Bench/chaos ends balanced, told and closed, and its stream equals its log",
    .timeLimit(.minutes(5)))
  func chaos() throws {
    let result = try Binary.shell(
      "/usr/bin/python3 '\(Binary.root.path)/Bench/chaos' --short --json")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let report = try object(result.output)
    let checks = try #require(report["checks"] as? [[String: Any]])
    #expect(checks.count >= 9)
    for check in checks { #expect(check["holds"] as? Bool == true, "\(check)") }
  }
}
