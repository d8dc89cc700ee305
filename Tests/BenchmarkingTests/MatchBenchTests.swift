// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Evaluation
import Files
import Foundation
import Galleries
import Population
import Synchronization
import SystemPackage
import Testing

@Suite("Bench of matchers")
struct MatchBenchTests {
  private func plan(
    _ gallery: String, _ matchers: [MatcherKind], batches: [Int] = [1, 3],
    scenario: MatchPlan.Scenario = .offline
  ) throws -> MatchPlan {
    var plan = MatchPlan(
      gallery: try GalleryArgument(gallery), matchers: matchers, batches: batches,
      threads: [1, 2], scenario: scenario, seconds: 0.001)
    plan.rounds = 3
    plan.judged = 20
    plan.fpir = 0.5
    return plan
  }

  private func run(_ plan: MatchPlan) async throws -> MatchResult {
    try await MatchBench(plan, gallery: BenchGallery(plan.gallery, seed: plan.seed)) { _ in }
      .run()
  }

  @Test("Every shape has a row of every matcher, with its limits and its agreement")
  func rows() async throws {
    let result = try await run(try plan("procedural:6000", [.exact, .sketch]))
    #expect(!result.interrupted)
    #expect(result.isValid)
    #expect(
      result.rows.map(\.matcher) == Array(repeating: [.exact, .sketch], count: 4).flatMap { $0 })
    #expect(result.rows.map(\.threads) == [1, 1, 1, 1, 2, 2, 2, 2])
    #expect(result.rows.map(\.batch) == [1, 1, 3, 3, 1, 1, 3, 3])
    for row in result.rows {
      #expect(row.invalid == nil)
      #expect(row.differing == 0)
      #expect(row.speed.rounds == 3)
      #expect(row.speed.searches >= 3)
      #expect(row.speed.probesPerSecond > 0)
      #expect(row.speed.p50MS <= row.speed.p99MS)
      // Three numbers for one time.
      let seconds = Double(row.batch) / row.speed.probesPerSecond
      #expect(
        abs(row.speed.nsPerTemplateProbe * 6000 * Double(row.batch) / seconds / 1e9 - 1) < 1e-9)
      let bytes = row.speed.gigabytesPerSecond * 1e9 * seconds
      #expect(abs(bytes / Double(6000 * row.bytesPerTemplate) - 1) < 1e-9)
      #expect(row.limits.streamGigabytesPerSecond > 0)
      #expect((row.ofSgemm != nil) == (row.matcher == .exact))
      #expect(row.agreement.first.trials == 40)
    }
    let exact = try #require(result.rows.first)
    #expect(exact.agreement.isPerfect)
    #expect(exact.agreement.mates.trials == 20)
    #expect(exact.agreement.alarms.trials > 0)
    #expect(exact.bytesPerTemplate == 2048)
  }

  @Test("The server scenario gives a rate that its own run proves")
  func server() async throws {
    var plan = try plan("procedural:500", [.exact], batches: [8], scenario: .server)
    plan.threads = [1]
    plan.bound = 30
    plan.seconds = 0.01
    let result = try await run(plan)
    let row = try #require(result.servers.first)
    #expect(result.servers.count == 1)
    #expect(row.invalid == nil)
    let confirmed = try #require(row.confirmed)
    #expect(confirmed.queries >= confirmed.required)
    #expect(confirmed.p99MS <= 30_000)
    #expect(row.tried.count > 1)
    #expect(row.rate == confirmed.scheduledPerSecond)
    #expect(row.agreement.isPerfect)
  }

  @Test("A bound that no search can meet is invalid and has no rate")
  func impossible() async throws {
    var plan = try plan("procedural:500", [.exact], batches: [8], scenario: .server)
    plan.threads = [1]
    plan.bound = 1e-9
    let result = try await run(plan)
    #expect(!result.isValid)
    #expect(result.servers.first?.rate == nil)
    #expect(result.servers.first?.invalid?.contains("one search alone") == true)
  }

  @Test("Vectors from elsewhere are benched by their own rows, or by probes from a file")
  func foreign() async throws {
    let scratch = try Scratch()
    var draws = SplitMix64(seed: 5)
    let dimension = 48
    var rows: [Float] = []
    for _ in 0..<300 {
      let row = (0..<dimension).map { _ in Double.random(in: -1...1, using: &draws) }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows += row.map { Float($0 / norm) }
    }
    let file = scratch.path.appending("rows.fbin")
    try WholeFile.write(VectorFile.encode(rows: rows, dimension: dimension), to: file)
    let folder = scratch.path.appending("gallery")
    _ = try GalleryImport(from: file, to: folder).run()

    var plan = try plan(folder.string, [.exact])
    let turned = try await run(plan)
    #expect(turned.isValid)
    #expect(turned.gallery.dimension == dimension)
    #expect(turned.rows.first?.agreement.mates.trials == 20)
    #expect(turned.rows.first?.agreement.alarms.trials ?? 0 >= 10)

    plan.probes = file
    plan.judged = 8
    let given = try await run(plan)
    #expect(given.rows.first?.agreement.first.count == 16)
    #expect(given.rows.first?.agreement.mates.trials == 0)

    await #expect(throws: BenchmarkError.self) {
      var plan = plan
      plan.matchers = [.sketch]
      _ = try await self.run(plan)
    }
  }

  @Test("A cancelled bench keeps the rounds it has")
  func cancelled() async throws {
    var long = try plan("procedural:500", [.exact], batches: [1, 2])
    long.rounds = 1000
    let plan = long
    let task = Mutex<Task<MatchResult, any Error>?>(nil)
    let bench = MatchBench(plan, gallery: try BenchGallery(plan.gallery, seed: 1)) { progress in
      if case .rounds(let done, _) = progress, done >= 2 { task.withLock { $0?.cancel() } }
    }
    let started = Task { try await bench.run() }
    task.withLock { $0 = started }
    let result = try await started.value
    #expect(result.interrupted)
    #expect(result.rows.count == 1)
    #expect(result.rows.first.map { $0.speed.rounds >= 2 && $0.speed.rounds < 1000 } == true)
  }

  @Test("What does not fit is refused before it is taken, with a remedy")
  func memory() throws {
    let plan = try plan("procedural:1m", [.exact, .sketch])
    let gallery = try BenchGallery(plan.gallery, seed: 1)
    let total = plan.memory(gallery).reduce(0) { $0 + $1.bytes }
    #expect(total >= 1_000_000 * (2048 + 16))
    try plan.requireMemory(gallery, available: total)
    let error = #expect(throws: BenchmarkError.self) {
      try plan.requireMemory(gallery, available: total - 1)
    }
    #expect(error?.message.contains("use fewer templates") == true)
  }
}
