// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// Runs the program under Python, which can make a terminal and read metrics.
@Suite("A run that is watched", .serialized)
struct WatchingTests {
  /// Runs a script beside this file with the program and `arguments`; gives what it printed.
  private func script(_ name: String, _ arguments: [String]) throws -> [String: Any] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let process = Binary.process(
      [folder.appendingPathComponent("Scripts/\(name).py").path, Binary.executable.path] + arguments
    )
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    let result = try Binary.finish(process)
    try #require(result.status == 0, "\(result.errors)")
    return try object(result.output)
  }

  private func longSet(_ scratch: Scratch) throws -> String {
    let path = scratch.path("frames")
    let made = try Binary.run(
      "simulate", "--out", path, "--cameras", "3", "--seconds", "12", "--fps", "5", "--size",
      "640x360", "--distance", "near", "--seed", "4")
    #expect(made.status == 0, "\(made.errors)")
    return path
  }

  /// What `/readyz` told, in order.
  private func answers(_ seen: [String: Any]) throws -> [(status: Int, words: String)] {
    try #require(seen["readiness"] as? [[Any]]).map {
      ($0[0] as? Int ?? 0, $0[1] as? String ?? "")
    }
  }

  @Test("A run whose other bus is away is ready, since its events wait; it says so, and metrics do")
  func away() throws {
    let scratch = try Scratch()
    // Nobody listens on the first of all ports.
    let seen = try script(
      "metrics",
      [
        "run", try longSet(scratch), "--bus", "nats://127.0.0.1:1/SIGHTINGS", "--outbox",
        "sqlite:\(scratch.path("outbox.db"))", "--flush", "0", "--gallery-size", "100k", "--clock",
        "wall", "--json",
      ])
    let ready = try answers(seen).filter { $0.status == 200 }
    #expect(!ready.isEmpty)
    #expect(
      ready.allSatisfy { $0.words.hasPrefix("ready\nthe bus that events are forwarded to has") })
    let values = try #require(seen["metrics"] as? [String: Double])
    #expect(values["sightline_bus_up{}"] == 0)
    let durable = try #require(values["sightline_events_durable_total{}"])
    #expect(durable > 0)
    #expect(values["sightline_bus_lag_events{queue=outbox}"] == durable)
    // Ready is not done: at the end it is told what has not arrived.
    #expect(seen["status"] as? Int == 1)
  }

  @Test("A run whose log takes no event is not ready, and says why")
  func stuck() throws {
    let scratch = try Scratch()
    let seen = try script(
      "metrics",
      [
        "run", Binary.samples, "--bus", "sqlite:\(scratch.path("bus.db"))", "--gallery-size", "20k",
        "--fault", "disk every 1 for 8 s", "--json",
      ])
    #expect(seen["status"] as? Int == 0)
    let readiness = try answers(seen).drop { $0.words.hasPrefix("opening") }
    #expect(readiness.first?.status == 200)
    let stuck = readiness.filter { $0.words.hasPrefix("the log has taken no event for ") }
    #expect(!stuck.isEmpty && stuck.allSatisfy { $0.status == 503 })
  }

  @Test("Metrics are there while it runs, agree with the summary, and the port is given back")
  func metrics() throws {
    let scratch = try Scratch()
    let seen = try script(
      "metrics",
      [
        "run", try longSet(scratch), "--bus", "sqlite:\(scratch.path("bus.db"))", "--gallery-size",
        "100k", "--clock", "wall", "--json",
      ])
    #expect(seen["healthz"] as? Int == 200)
    #expect(seen["ready"] as? Int == 200)
    let readiness = try answers(seen)
    #expect(readiness.first?.status == 503 && readiness.first?.words.hasPrefix("opening") == true)
    #expect(readiness.filter { $0.status == 200 }.allSatisfy { $0.words == "ready\n" })
    #expect(seen["missing"] as? Int == 404)
    #expect(seen["posted"] as? Int == 405)
    #expect(seen["status"] as? Int == 0)
    #expect(seen["closed"] as? Bool == true)
    // Of the last page before the end: never more than the end has.
    let values = try #require(seen["metrics"] as? [String: Double])
    let summary = try #require(seen["summary"] as? [String: Any])
    let entered = values.filter { $0.key.hasPrefix("sightline_frames_received_total") }.values
    #expect(entered.count == 3)
    #expect(entered.reduce(0, +) > 0)
    #expect(entered.reduce(0, +) <= summary.number("frames", "in") ?? 0)
    #expect(values["sightline_searches_total{}"] ?? -1 <= summary.number("searches") ?? 0)
    #expect(values["sightline_stage_work_seconds_count{stage=decode}"] ?? 0 > 0)
    #expect(values["process_resident_memory_bytes{}"] ?? 0 > 1e6)
  }

  @Test(
    "On a terminal a live view is drawn, survives a resize and Ctrl-C, and leaves nothing behind")
  func live() throws {
    let scratch = try Scratch()
    let seen = try script(
      "terminal",
      [
        "run", try longSet(scratch), "--bus", "sqlite:\(scratch.path("bus.db"))", "--gallery-size",
        "20k", "--clock", "wall", "--json",
      ])
    #expect(seen["status"] as? Int == 130)
    #expect((seen["summary"] as? [String: Any])?["state"] as? String == "stopped")
    #expect(seen["pictures"] as? Int ?? 0 >= 2)
    // On both sizes it held a table, and no line was broken.
    #expect(seen["before"] as? Bool == true)
    #expect(seen["after"] as? Bool == true)
    let screen = try #require(seen["screen"] as? [String])
    #expect(screen.filter { !$0.isEmpty }.count == 1, "\(screen)")
    #expect(screen.contains { $0.hasPrefix("stopping: ") }, "\(screen)")
  }

  @Test("A bench under overload is drawn too, and given up by Ctrl-C with what it had come to")
  func bench() throws {
    let seen = try script(
      "terminal",
      [
        "bench", "pipeline", Binary.samples, "--scenario", "cameras", "--bound", "p99=200ms",
        "--cameras", "40", "--soak", "--duration", "60s", "--gallery", "procedural:1000", "--bus",
        "none", "--json",
      ])
    let report = try #require(seen["summary"] as? [String: Any])
    #expect(report["interrupted"] as? Bool == true && report["valid"] as? Bool == false)
    #expect(seen["status"] as? Int == 130)
    #expect(seen["before"] as? Bool == true && seen["after"] as? Bool == true)
    let screen = try #require(seen["screen"] as? [String]).filter { !$0.isEmpty }
    #expect(screen.count == 1, "\(screen)")
    #expect(screen.first?.hasPrefix("bench: given up after ") == true, "\(screen)")
  }

  @Test("Lines on standard error are JSON if wanted, from the beginning to the end")
  func json() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      "run", Binary.samples, "--bus", "sqlite:\(scratch.path("bus.db"))", "--log-format", "json",
      "--log-level", "info", "--json")
    #expect(result.status == 0)
    let summary = try object(result.output)
    let lines = try result.errors.split(separator: "\n").map { try object(String($0)) }
    #expect(lines.map { $0["code"] as? String } == ["run-began", "run-ended"])
    for line in lines {
      #expect(line["run"] as? String == summary["run_id"] as? String)
      #expect(line["config_digest"] as? String == summary["config_digest"] as? String)
    }
  }

  @Test(
    "However batches are closed and queues bounded, the events are the same on the virtual clock")
  func batches() throws {
    let scratch = try Scratch()
    var logs: Set<String> = []
    for (index, options) in [
      [], ["--batch", "1"], ["--queue-bytes", "1", "--queue-frames", "1", "--threads", "3"],
      ["--queue-bytes", "3000"],
      ["--batch", "7", "--batch-wait", "3ms", "--batch-per-camera", "1"],
      ["--batch-backlog-wait", "0"], ["--batch-backlog-wait", "10s", "--threads", "2"],
    ].enumerated() {
      let bus = "sqlite:\(scratch.path("bus\(index).db"))"
      let run = try Binary.finish(
        Binary.process(["run", Binary.samples, "--bus", bus] + options))
      #expect(run.status == 0, "\(run.errors)")
      logs.insert(try Binary.run("bus", "tail", "--bus", bus).output)
    }
    #expect(logs.count == 1 && logs.first?.isEmpty == false)
  }

  @Test(
    "Addresses that others reach, and limits that are none, are refused",
    arguments: [
      ("--metrics 0.0.0.0:9464", "127.0.0.1 only"), ("--metrics 9464", "127.0.0.1:9464"),
      ("--log-level loud", "--log-level"), ("--log-format xml", "--log-format"),
      ("--batch 0", "from 1 to 4096"), ("--batch-per-camera 0", "from 1 to 4096"),
      ("--batch-backlog-wait 11s", "10s at most"), ("--batch-backlog-wait=-1s", "or 0"),
    ])
  func usage(arguments: String, words: String) throws {
    for command in ["run x", "bench pipeline x --scenario single"] {
      let result = try Binary.shell("$SIGHTLINE \(command) \(arguments)")
      #expect(result.status == 2)
      #expect(result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test("A port that is taken ends the run before it begins, in one line")
  func taken() throws {
    let scratch = try Scratch()
    let result = try Binary.shell(
      """
      exec python3 - <<'END'
      import socket, subprocess, sys, os
      s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
      port = s.getsockname()[1]
      sys.exit(subprocess.call([os.environ["SIGHTLINE"], "run", "\(Binary.samples)", "--bus",
          "sqlite:\(scratch.path("bus.db"))", "--metrics", f"127.0.0.1:{port}"]))
      END
      """)
    #expect(result.status == 1 && result.output == "")
    #expect(result.errors.contains("cannot listen on 127.0.0.1:"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("bus.db")))
  }
}
