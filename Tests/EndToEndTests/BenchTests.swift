// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("bench match, end to end")
struct BenchTests {
  private func rows(_ text: String, _ key: String = "rows") throws -> [[String: Any]] {
    try #require(try object(text)[key] as? [[String: Any]])
  }

  @Test(
    "Closed loops: a row of every shape, recall 1 for exact search",
    arguments: ["single", "offline"])
  func closed(scenario: String) throws {
    let scratch = try Scratch()
    let out = scratch.path("bench.json")
    let result = try Binary.run(
      "bench", "match", "--gallery", "procedural:2000", "--matcher", "exact,sketch", "--batch",
      "1,5", "--threads", "1,2", "--scenario", scenario, "--rounds", "2", "--duration", "10ms",
      "--judged", "50", "--json", "--out", out)
    #expect(result.status == 0, "\(result.errors)")
    let report = try object(result.output)
    #expect(report["valid"] as? Bool == true)
    #expect(report.number("machine", "cores") ?? 0 >= 1)
    #expect(report.number("gallery", "size") == 2000)
    #expect((report["command"] as? [String])?.contains("bench") == true)
    let rows = try rows(result.output)
    #expect(rows.count == 8)
    for row in rows {
      #expect(row.number("probes_per_second") ?? 0 > 0)
      #expect(row.number("limits", "stream_gigabytes_per_second") ?? 0 > 0)
      // Galleries shorter than its list are searched exactly by sketch too.
      #expect(row.number("agreement", "mates", "rate") == 1)
      #expect(row.number("agreement", "first", "rate") == 1)
      #expect(row.number("agreement", "first", "trials") == 100)
    }
    #expect(try String(contentsOfFile: out, encoding: .utf8) == result.output)
  }

  @Test("Server: a rate that its bound allows, proved by the early-stopping rule")
  func server() throws {
    let result = try Binary.run(
      "bench", "match", "--gallery", "procedural:2000", "--matcher", "exact", "--scenario",
      "server", "--bound", "p99=200ms", "--duration", "4s", "--judged", "20", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let row = try #require(try rows(result.output, "servers").first)
    #expect(row["invalid"] == nil)
    #expect(row.number("confirmed", "scheduled_per_second") ?? 0 > 0)
    #expect(
      row.number("confirmed", "queries") ?? 0 >= row.number("confirmed", "required") ?? .infinity)
    #expect(row.number("agreement", "mates", "rate") == 1)
  }

  @Test("A bound that cannot be held is INVALID, without a headline, and exits with 99")
  func invalid() throws {
    let result = try Binary.run(
      "bench", "match", "--gallery", "procedural:2000", "--matcher", "exact", "--scenario",
      "server", "--bound", "p99=1us", "--judged", "20")
    #expect(result.status == 99)
    #expect(result.output.contains("INVALID: exact, threads 1: one search alone takes"))
  }

  @Test("--dry-run tells memory and time, and measures nothing")
  func dryRun() throws {
    let result = try Binary.run("bench", "match", "--gallery", "procedural:1e9", "--dry-run")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("memory"))
    #expect(result.output.contains("time      about"))
    #expect(result.output.contains("refused"))
  }

  @Test("A gallery too large for memory is refused with a remedy")
  func tooLarge() throws {
    let result = try Binary.run("bench", "match", "--gallery", "procedural:1e9")
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(result.errors.contains("use fewer templates"))
  }

  @Test("An interrupt ends with the rows that are done, and 130")
  func interrupted() throws {
    let result = try Binary.shell(
      """
      $SIGHTLINE bench match --gallery procedural:2000 --matcher exact --batch 1,2 --rounds 1000 \
      --duration 600s --judged 10 --json & pid=$!
      sleep 4; kill -INT $pid; wait $pid
      """)
    #expect(result.status == 130, "\(result.errors)")
    #expect(try object(result.output)["interrupted"] as? Bool == true)
  }

  @Test(
    "Options that contradict each other exit with 2 and say so",
    arguments: [
      ("--scenario server", "--bound"),
      ("--bound p99=5ms", "--scenario server"),
      ("--scenario server --bound p99=5ms --batch 1,2", "--batch"),
      ("--scenario server --bound p99=5ms --rounds 3", "--rounds"),
      ("--scenario server --bound p99=1s", "20s or more"),
      ("--matcher exact,exact", "each once"),
      ("--matcher guess", "--matcher"),
      ("--matcher exact --list 5", "--list"),
      ("--batch 0", "--batch"),
      ("--duration 5", "--duration"),
      ("--gallery procedural:none", "--gallery"),
    ])
  func usage(arguments: String, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE bench match \(arguments)")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
