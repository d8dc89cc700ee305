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
}
