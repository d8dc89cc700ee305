// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Evaluation
import Matching
import Population
import Synchronization
import Testing

@Suite("Server scenario")
struct ServerTests {
  private func loop(
    _ matcher: ConstantMatcher, judged: UInt64 = 1, limit: Int = 64, bound: Double
  ) throws -> ServerLoop {
    let pool = try ProbePool(
      population: Population(seed: 1), size: 100, each: 5, line: .c, fpir: 0.01, seed: 1)
    return ServerLoop(
      matcher: matcher, pool: pool, judged: lists(Array(repeating: (judged, 0.5), count: 10)),
      candidates: 1, batchLimit: limit, bound: bound, seed: 4)
  }

  @Test("Arrivals are those of the seed, ascend, and have the gaps of a Poisson process")
  func arrivals() {
    var first = PoissonArrivals(perSecond: 1000, seed: 1, run: 2)
    var same = PoissonArrivals(perSecond: 1000, seed: 1, run: 2)
    var other = PoissonArrivals(perSecond: 1000, seed: 1, run: 3)
    let times = (0..<20_000).map { _ in first.next() }
    #expect(times == (0..<20_000).map { _ in same.next() })
    #expect(times != (0..<20_000).map { _ in other.next() })
    let gaps = zip(times, [0] + times).map { ($0 - $1) / 1e6 }
    #expect(gaps.allSatisfy { $0 >= 0 })
    let mean = gaps.reduce(0, +) / 20_000
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    // Exponential: mean and deviation 1; the limits are six standard errors.
    #expect(abs(mean - 1) < 6 * 0.00708)
    #expect(abs(variance.squareRoot() - 1) < 6 * 0.01)
    // And the share above the mean is 1 / e.
    #expect(abs(Double(gaps.count { $0 > 1 }) / 20_000 - 0.3679) < 6 * 0.0035)
  }

  @Test("A bound that everybody meets is proved by 459 queries, none of them late")
  func held() async throws {
    let matcher = try ConstantMatcher(subject: 1, microseconds: 0)
    let run = try await loop(matcher, bound: 60).run(
      rate: 20_000, seconds: 0.001, proof: .earlyStopping, number: 1)
    #expect(run.failure == nil)
    #expect(run.queries == 459)
    #expect(run.required == 459)
    #expect(run.late == 0)
    #expect(run.scheduledPerSecond > 10_000 && run.scheduledPerSecond < 40_000)
  }

  @Test("A bound that nobody meets is not held, and the run ends early")
  func broken() async throws {
    let matcher = try ConstantMatcher(subject: 1, microseconds: 100)
    let run = try await loop(matcher, bound: 1e-9).run(
      rate: 20_000, seconds: 0.001, proof: .earlyStopping, number: 1)
    let failure = try #require(run.failure)
    #expect(failure.contains("late"))
    #expect(run.late == run.queries)
  }

  @Test("A slow matcher cannot hide: latency runs from the time a query was due")
  func corrected() async throws {
    // One query at a time, 2 ms each, ten due in a millisecond: the last waits for all before it.
    let matcher = try ConstantMatcher(subject: 1, microseconds: 2_000)
    let run = try await loop(matcher, limit: 1, bound: 600).run(
      rate: 10_000, seconds: 0.001, proof: .share, number: 1)
    #expect(run.queries == 200)
    #expect(run.meanBatch == 1)
    // 198 of the 200 searches are over by then, of 2 ms and more each; due within some 25 ms.
    #expect(run.p99MS > 300)
    #expect(run.p99MS > run.uncorrectedP99MS)
    #expect(matcher.largestBatch.withLock { $0 } == 1)
  }

  @Test("Queries that wait share a search, up to the limit")
  func gathered() async throws {
    let matcher = try ConstantMatcher(subject: 1, microseconds: 5_000)
    let run = try await loop(matcher, limit: 16, bound: 600).run(
      rate: 20_000, seconds: 0.001, proof: .share, number: 1)
    #expect(matcher.largestBatch.withLock { $0 } == 16)
    #expect(run.meanBatch > 4 && run.meanBatch <= 16)
  }

  @Test("Lists other than those judged make a run invalid")
  func differing() async throws {
    let matcher = try ConstantMatcher(subject: 1, microseconds: 0)
    let run = try await loop(matcher, judged: 2, bound: 60).run(
      rate: 20_000, seconds: 0.001, proof: .share, number: 1)
    #expect(run.differing > 0)
    #expect(try #require(run.failure).contains("other lists"))
  }

  @Test("A row without a confirmed run, or of a matcher that is wrong, has no rate")
  func rows() {
    let run = ServerRun(
      rate: 10, scheduledPerSecond: 11, queries: 459, late: 0, required: 459, p50MS: 1, p90MS: 2,
      p99MS: 2, p999MS: 2, uncorrectedP99MS: 1, meanBatch: 1, generatorLagP99MS: 0, differing: 0,
      failure: nil)
    func row(_ kind: MatcherKind, firsts: Int, _ confirmed: ServerRun?, _ failure: String?)
      -> ServerRow
    {
      ServerRow(
        matcher: kind, threads: 1, batchLimit: 64, boundMS: 5,
        agreement: SearchAgreement(
          mates: Proportion(4, of: 4), alarms: Proportion(1, of: 1),
          first: Proportion(firsts, of: 8),
          threshold: 0.5),
        tried: [run], confirmed: confirmed, failure: failure)
    }
    #expect(row(.exact, firsts: 8, run, nil).rate == 11)
    #expect(row(.exact, firsts: 8, run, nil).invalid == nil)
    #expect(row(.exact, firsts: 7, run, nil).rate == nil)
    #expect(row(.exact, firsts: 7, run, nil).invalid != nil)
    #expect(row(.sketch, firsts: 7, run, nil).rate == 11)
    #expect(row(.sketch, firsts: 8, run, "late").rate == nil)
    #expect(row(.sketch, firsts: 8, nil, nil).invalid != nil)
  }
}
