// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("bench pipeline, end to end")
struct BenchPipelineTests {
  @Test("A closed loop tells latency, stages and agreement in one object, and writes a trace")
  func single() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      "bench", "pipeline", Binary.samples, "--scenario", "single", "--gallery", "procedural:5000",
      "--locate", "boxes", "--duration", "300ms", "--warmup", "100ms", "--json", "--out",
      scratch.path("bench.json"), "--trace", scratch.path("trace.json"))
    #expect(result.status == 0, "\(result.errors)")
    let report = try object(result.output)
    #expect(report["valid"] as? Bool == true)
    #expect(report.number("headline", "value") ?? 0 > 0)
    #expect(report.number("run", "frames", "dropped") == 0)
    #expect(report.number("run", "queries") ?? 0 >= 44)
    // The percentiles that `run` tells.
    let latency = ["p50_ms", "p90_ms", "p99_ms", "p999_ms"].compactMap { report.number("run", $0) }
    #expect(latency.count == 4 && latency[0] > 0 && latency == latency.sorted())
    #expect(report.number("agreement", "differing") == 0)
    #expect(report.number("agreement", "searches") ?? 0 > 0)
    let stages = try #require((report["run"] as? [String: Any])?["stages"] as? [[String: Any]])
    #expect(stages.count == 7)
    for stage in stages {
      #expect((stage.number("p50_ms") ?? 1) <= (stage.number("p99_ms") ?? 0))
      #expect((0...1.01).contains(stage.number("utilisation") ?? 2))
    }
    #expect(
      try String(contentsOfFile: scratch.path("bench.json"), encoding: .utf8) == result.output)

    let trace = try object(String(contentsOfFile: scratch.path("trace.json"), encoding: .utf8))
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    let phases = Dictionary(grouping: events) { $0["ph"] as? String ?? "" }
    #expect(phases["b"]?.count == phases["e"]?.count)
    #expect(Double(phases["b"]?.count ?? 0) == report.number("run", "frames", "measured"))
    let work = try #require(phases["X"])
    #expect(work.allSatisfy { ($0.number("dur") ?? -1) >= 0 })
    #expect(
      Set(work.compactMap { $0["name"] as? String }).isSuperset(of: [
        "read", "decode", "locate", "embed", "match", "track",
      ]))
  }

  @Test("More cameras than fit: INVALID, no figure, status 99, and every frame accounted for")
  func overloaded() throws {
    let arguments = [
      "bench", "pipeline", Binary.samples, "--scenario", "cameras", "--bound", "p99=100ms",
      "--cameras", "2000", "--gallery", "procedural:1000", "--queue-frames", "4", "--duration",
      "2s", "--warmup", "100ms", "--bus", "none",
    ]
    let result = try Binary.finish(Binary.process(arguments + ["--json"]))
    #expect(result.status == 99)
    let report = try object(result.output)
    #expect(report["valid"] as? Bool == false)
    #expect(report["headline"] == nil)
    #expect(report["run"] == nil)
    let tried = try #require((report["tried"] as? [[String: Any]])?.last)
    let entered = try #require(tried.number("frames", "entered"))
    let left = ["decoded", "failed", "dropped"].compactMap { tried.number("frames", $0) }
    #expect(entered == left.reduce(0, +))
    let drops = try #require(tried["drops"] as? [[String: Any]])
    #expect(
      drops.compactMap { $0.number("count") }.reduce(0, +) == tried.number("frames", "dropped"))
    #expect(tried.number("most_queued_frames") ?? 9 <= 4)
    let text = try Binary.finish(Binary.process(arguments))
    #expect(text.status == 99)
    #expect(text.output.contains("INVALID: "))
    #expect(!text.output.contains("no frame dropped"))
  }

  @Test("An interrupt ends with 130 and with what had been tried, which counts for nothing")
  func interrupted() throws {
    let scratch = try Scratch()
    let result = try Binary.shell(
      """
      $SIGHTLINE bench pipeline '\(Binary.samples)' --bound p99=200ms --find-max --duration 8s --warmup 100ms \
      --gallery procedural:1000 --locate boxes --bus none --out '\(scratch.path("bench.json"))' --json & pid=$!
      sleep 9; kill -INT $pid; wait $pid
      """)
    #expect(result.status == 130, "\(result.errors)")
    let report = try object(result.output)
    #expect(report["valid"] as? Bool == false)
    #expect(report["interrupted"] as? Bool == true)
    #expect(report["headline"] == nil && report["run"] == nil)
    #expect((report["invalid"] as? String)?.hasPrefix("interrupted after ") == true)
    #expect((report["tried"] as? [Any])?.isEmpty == false)
    #expect(
      try String(contentsOfFile: scratch.path("bench.json"), encoding: .utf8) == result.output)
  }

  @Test("A dry run says what would be done, and does nothing")
  func dryRun() throws {
    let result = try Binary.run(
      "bench", "pipeline", Binary.samples, "--bound", "p99=200ms", "--find-max", "--dry-run")
    #expect(result.status == 0, "\(result.errors)")
    for words in [
      "scenario cameras", "the most that is held", "159 of 4 cameras", "memory", "time",
    ] {
      #expect(result.output.contains(words), "\(result.output)")
    }
    // However long it is to last: what is kept of its frames is bounded.
    let plans = try ["10m", "24h", "1000h"].map { duration in
      try Binary.run(
        "bench", "pipeline", Binary.samples, "--bound", "p99=200ms", "--cameras", "500", "--soak",
        "--duration", duration, "--dry-run"
      ).output
    }
    let lines = plans.map { plan in plan.split(separator: "\n").filter { $0.contains(" memory ") } }
    #expect(lines[0] == lines[1] && lines[1] == lines[2] && !lines[0].isEmpty, "\(plans)")
    #expect(plans[2].contains("33.0 MiB for their latencies"))
  }

  @Test(
    "Options that contradict each other are told apart",
    arguments: [
      ("--find-max", "needs --bound"),
      ("--bound p99=200ms", "give --find-max"),
      ("--bound p99=200ms --cameras 4 --find-max", "give one of them"),
      ("--scenario single --bound p99=200ms", "--bound is for"),
      ("--scenario server --bound p99=200ms --cameras 4", "--cameras is for"),
      ("--bound p99=200ms --find-max --duration 1s", "20 times as long"),
      ("--bound p99=200ms --find-max --when-full burst", "--when-full"),
    ])
  func usage(arguments: String, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE bench pipeline '\(Binary.samples)' \(arguments)")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
