// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Evaluation
import Foundation
import Galleries
import Matching
import Population
import Reports
import Testing

@Suite("Bench report")
struct ReportTests {
  private func machine() throws -> DoctorReport {
    let json = """
      {"version": "0.0.0", "cpu": "Test CPU", "cores": 2, "load": 0.1, "libraries": {}, "advice": [],
       "kernels": {"avx2": true, "fma": true, "avx512f": false, "popcnt": true, "variant": "avx2"},
       "blas": {"configuration": "OpenBLAS 0.0", "core": "Zen", "threads": 1, "parallel": "pthreads"},
       "memory": {"totalBytes": 1000, "availableBytes": 500}}
      """
    return try JSONDecoder().decode(DoctorReport.self, from: Data(json.utf8))
  }

  private func result(_ scenario: MatchPlan.Scenario) throws -> MatchResult {
    var plan = MatchPlan(
      gallery: .procedural(size: 1_000_000), matchers: [.exact, .sketch], batches: [1, 256],
      threads: [1], scenario: scenario, seconds: 3)
    if scenario == .server { plan.bound = 0.05 }
    var result = MatchResult(
      plan: plan, gallery: try InMemoryGallery(rows: []).description, exactMemory: "memory",
      reference: MatcherInformation(name: "exact", precision: "-", isExact: true, threads: 1),
      probes: "4 mated and 4 non-mated captures of line C", threshold: 0.5123, limitBytes: 1 << 29,
      load: 0.25)
    result.kernel = "avx512"
    return result
  }

  private func agreement(_ firsts: Int) -> SearchAgreement {
    SearchAgreement(
      mates: Proportion(4, of: 4), alarms: Proportion(0, of: 0), first: Proportion(firsts, of: 8),
      threshold: 0.5123)
  }

  private func row(_ kind: MatcherKind, batch: Int, firsts: Int, differing: Int = 0) -> MatchRow {
    MatchRow(
      matcher: kind, threads: 1, batch: batch, bytesPerTemplate: kind == .exact ? 2048 : 16,
      speed: MatchSpeed(
        rounds: 7, searches: 70, probesPerSecond: 1234.5, p50MS: 12.25, p90MS: 13, p99MS: 150.4,
        p999MS: 151, provenP99MS: nil, nsPerTemplateProbe: 0.4567, cpuNSPerTemplateProbe: 0.45,
        gigabytesPerSecond: 18, gigaflops: kind == .exact ? 95 : nil),
      agreement: agreement(firsts),
      limits: MatchLimits(
        streamGigabytesPerSecond: 20, streamGigabytesPerCPUSecond: 19,
        sgemmGigaflops: kind == .exact ? 100 : nil,
        sgemmGigaflopsPerCPUSecond: kind == .exact ? 98 : nil),
      bound: batch == 1 || kind == .sketch ? .stream : .sgemm, differing: differing)
  }

  @Test("The table of an offline bench is as recorded")
  func offline() throws {
    var result = try result(.offline)
    result.rows = [
      row(.exact, batch: 1, firsts: 8), row(.sketch, batch: 1, firsts: 7),
      row(.exact, batch: 256, firsts: 8), row(.sketch, batch: 256, firsts: 7, differing: 2),
    ]
    let report = MatchReport(result, machine: try machine(), command: ["sightline"])
    #expect(!report.valid)
    try expectSnapshot(report.text, named: "bench-offline.txt")
  }

  @Test("The table of a server bench is as recorded")
  func server() throws {
    var result = try result(.server)
    let run = ServerRun(
      rate: 300, scheduledPerSecond: 298.4, queries: 3010, late: 5, required: 1307, p50MS: 21.5,
      p90MS: 30, p99MS: 44.8, p999MS: 48, uncorrectedP99MS: 25.1, meanBatch: 6.24,
      generatorLagP99MS: 0.1, differing: 0, failure: nil)
    for (kind, failure) in [(MatcherKind.exact, nil), (.sketch, "9 of 500 queries were late")] {
      result.servers.append(
        ServerRow(
          matcher: kind, threads: 2, batchLimit: 64, boundMS: 50, agreement: agreement(8),
          tried: [run], confirmed: failure == nil ? run : nil, failure: failure))
    }
    let report = MatchReport(result, machine: try machine(), command: ["sightline"])
    #expect(!report.valid)
    try expectSnapshot(report.text, named: "bench-server.txt")
  }

  @Test("JSON has the agreement with every speed, and no speed in a row that is invalid")
  func json() throws {
    var result = try result(.offline)
    result.rows = [row(.exact, batch: 1, firsts: 8), row(.exact, batch: 1, firsts: 7)]
    let report = MatchReport(result, machine: try machine(), command: ["sightline", "bench"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(try report.json(snakeCase: true).utf8))
        as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0["agreement"] != nil })
    #expect(rows[0]["probes_per_second"] as? Double == 1234.5)
    #expect(rows[1]["probes_per_second"] == nil && rows[1]["p50_ms"] == nil)
    #expect(rows[1]["invalid"] as? String == "an exact matcher missed candidates")
    #expect(object["valid"] as? Bool == false)
    let first = (rows[0]["agreement"] as? [String: Any])?["first"] as? [String: Any]
    #expect((first?["interval95"] as? [Double])?.count == 2)
  }

  private func expectSnapshot(
    _ text: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Snapshots").appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data((text + "\n").utf8).write(to: file)
      Issue.record("recorded \(name)", sourceLocation: sourceLocation)
      return
    }
    let expected = try? String(contentsOf: file, encoding: .utf8)
    #expect(
      text + "\n" == expected, "differs from Snapshots/\(name)", sourceLocation: sourceLocation)
  }
}
