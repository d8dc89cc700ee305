// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("A run's trace, end to end")
struct RunTraceTests {
  @Test("Every frame's way is in the trace, under its camera's name, from coming in to done")
  func trace() throws {
    let scratch = try Scratch()
    let result = try Binary.run(
      "run", Binary.samples, "--gallery", "procedural:1000", "--locate", "boxes", "--bus",
      "sqlite:\(scratch.path("bus.db"))", "--json", "--trace", scratch.path("trace.json"))
    #expect(result.status == 0, "\(result.errors)")
    let summary = try object(result.output)
    let trace = try object(String(contentsOfFile: scratch.path("trace.json"), encoding: .utf8))
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    let ways = events.filter { $0["ph"] as? String == "b" }
    #expect(Double(ways.count) == summary.number("frames", "in"))
    #expect(
      Set(ways.compactMap { $0["name"] as? String }) == ["cam-01", "cam-02", "cam-03", "cam-04"])
    #expect(events.compactMap { $0.number("ts") }.min() == 0)
    #expect(events.compactMap { $0.number("dur") }.allSatisfy { $0 >= 0 })
  }

  @Test(
    "Frames that find no place are in it too, and a file that cannot be written costs no summary")
  func refused() throws {
    let scratch = try Scratch()
    let run = [
      "run", Binary.samples, "--gallery", "procedural:1000", "--locate", "boxes", "--json",
      "--clock",
      "wall", "--queue-frames", "1", "--fault", "matcher every 1 for 3 s", "--threads", "1",
    ]
    let result = try Binary.finish(
      Binary.process(
        run + ["--bus", "sqlite:\(scratch.path("a.db"))", "--trace", scratch.path("trace.json")]))
    #expect(result.status == 0, "\(result.errors)")
    let summary = try object(result.output)
    let drops = try #require(summary["drops"] as? [[String: Any]])
    #expect(drops.contains { $0["reason"] as? String == "in-flight" }, "\(drops)")
    let trace = try object(String(contentsOfFile: scratch.path("trace.json"), encoding: .utf8))
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    #expect(
      Double(events.count { $0["ph"] as? String == "b" }) == summary.number("frames", "in"))

    let unwritable = try Binary.run(
      "run", Binary.samples, "--gallery", "procedural:1000", "--locate", "boxes", "--json", "--bus",
      "sqlite:\(scratch.path("b.db"))", "--trace", scratch.path("none/trace.json"))
    #expect(unwritable.status == 1)
    #expect(try object(unwritable.output).number("frames", "in") == 159)
    #expect(unwritable.errors.contains("trace.json"), "\(unwritable.errors)")
  }
}
