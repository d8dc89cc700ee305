// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import Matching

/// MLPerf's server: queries are due at times drawn beforehand, whatever the matcher does; those due are
/// searched together, and a query's latency runs from the time it was due.
///
/// One loop takes what is due and searches it. It cannot hold arrivals back, since they follow from the
/// seed alone; it can only wake late when it is idle, and that lag is measured and judged.
package struct ServerLoop {
  private let matcher: any Matcher
  private let pool: ProbePool
  private let judged: CandidateLists
  private let candidates: Int
  private let batchLimit: Int
  /// Nanoseconds.
  private let bound: UInt64
  private let seed: UInt64

  /// - Parameters:
  ///   - judged: the matcher's list for every probe of the pool; a run with any other is not valid.
  ///   - batchLimit: the most queries that share a search.
  ///   - bound: seconds from due to answered.
  package init(
    matcher: any Matcher, pool: ProbePool, judged: CandidateLists, candidates: Int,
    batchLimit: Int, bound: Double, seed: UInt64
  ) {
    precondition(batchLimit >= 1, "a search takes a query")
    self.matcher = matcher
    self.pool = pool
    self.judged = judged
    self.candidates = candidates
    self.batchLimit = batchLimit
    self.bound = UInt64(bound * 1e9)
    self.seed = seed
  }

  /// What a run must show.
  package enum Proof: Sendable {
    /// A first look: 99 of 100 in time, of 200 or more.
    case share
    /// The early-stopping rule.
    case earlyStopping
  }

  private struct Record {
    /// Nanoseconds over which queries were scheduled.
    var span = 0.0
    var latencies: [UInt64] = []
    var services: [UInt64] = []
    var lags: [UInt64] = []
    var late = 0
    var searches = 0
    /// Searches whose lists were not those judged.
    var differing = 0
  }

  static let rule = EarlyStopping(percentile: 0.99)
  private static let firstLook = 200

  /// Runs `seconds` of arrivals at `rate`, and as many more queries as the rule asks for, up to four times
  /// as many in all.
  package func run(rate: Double, seconds: Double, proof: Proof, number: UInt64) async throws
    -> ServerRun
  {
    var arrivals = PoissonArrivals(perSecond: rate, seed: seed, run: number)
    let least =
      switch proof {
      case .share: Self.firstLook
      case .earlyStopping: Self.rule.queries(late: 0)
      }
    var due: [Double] = []
    while true {
      let next = arrivals.next()
      // Beyond the asked-for time only as many as any proof needs.
      if next > seconds * 1e9, due.count >= least { break }
      due.append(next)
    }
    let most = 4 * due.count
    let hopeless = proof == .share ? most / 100 : Self.rule.allowedLate(of: most) ?? 0
    var record = Record()
    var overloaded = try await serve(due, from: 0, hopeless, &record)
    if case .earlyStopping = proof {
      while !overloaded {
        let missing = Self.rule.queries(late: record.late) - record.latencies.count
        guard missing > 0 else { break }
        // More of the same process, from now on.
        let origin = due.last ?? 0
        let first = record.latencies.count
        due = (0..<missing).map { _ in arrivals.next() }.map { $0 - origin }
        overloaded = try await serve(due, from: first, hopeless, &record)
        due = due.map { $0 + origin }
      }
    }
    return summary(record, rate: rate, overloaded: overloaded, proof: proof)
  }

  /// Answers queries that are due at these nanoseconds from now; true if it gave up.
  private func serve(
    _ due: [Double], from firstQuery: Int, _ hopeless: Int, _ record: inout Record
  ) async throws -> Bool {
    let start = Usage.wallNow + 1_000_000
    record.span += due.last ?? 0
    let times = due.map { start + UInt64($0) }
    var next = 0
    var batch = ProbeBatch(dimension: pool.probes.dimension, capacity: batchLimit)
    while next < times.count {
      if Usage.wallNow < times[next] {
        try await wait(until: times[next])
        record.lags.append(Usage.wallNow - times[next])
      }
      let taken = Usage.wallNow
      let first = next
      batch.removeAll()
      while next < times.count, times[next] <= taken, batch.count < batchLimit {
        try unsafe pool.probes.withRow((firstQuery + next) % pool.count) {
          try unsafe batch.append($0)
        }
        next += 1
      }
      let lists = try await matcher.search(batch, k: candidates, deadline: nil)
      let end = Usage.wallNow
      record.searches += 1
      // Compared at once, some 0.1 microseconds a query, so that a run of any length fits in memory.
      if !agrees(lists, first: firstQuery + first) { record.differing += 1 }
      for query in first..<next {
        let latency = end - times[query]
        record.latencies.append(latency)
        record.services.append(end - taken)
        if latency > bound { record.late += 1 }
      }
      if record.late > hopeless { return true }
    }
    return false
  }

  private func agrees(_ lists: CandidateLists, first: Int) -> Bool {
    (0..<lists.count).allSatisfy { lists[$0] == judged[(first + $0) % judged.count] }
  }

  /// Sleeps, in short pieces so that it can be cancelled. It blocks its thread: nothing else of this
  /// process has work then, and timers of the runtime wake too late for queries of a millisecond.
  private func wait(until time: UInt64) async throws {
    while true {
      try Task.checkCancellation()
      let now = Usage.wallNow
      if now >= time { return }
      let piece = min(time - now, 50_000_000)
      var duration = timespec(tv_sec: 0, tv_nsec: Int(piece))
      unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, nil)
    }
  }

  private func summary(
    _ record: Record, rate: Double, overloaded: Bool, proof: Proof
  ) -> ServerRun {
    let latencies = record.latencies.sorted()
    let queries = latencies.count
    let lags = record.lags.sorted()
    let lag = lags.isEmpty ? 0 : percentile(0.99, of: lags)
    let required =
      switch proof {
      case .share: max(Self.firstLook, 100 * record.late)
      case .earlyStopping: Self.rule.queries(late: record.late)
      }
    var failure: String?
    if record.differing > 0 {
      failure = "\(record.differing) searches gave other lists than those that were judged"
    } else if overloaded || queries < required {
      failure = "\(record.late) of \(queries) queries were late"
    } else if lags.count(where: { $0 > max(bound / 10, 1_000_000) }) > max(1, queries / 100) {
      failure = "the generator was overloaded: queries were issued late; run on a quieter machine"
    }
    return ServerRun(
      rate: rate, scheduledPerSecond: Double(queries) / max(record.span, 1) * 1e9,
      queries: queries, late: record.late, required: required,
      p50MS: Double(percentile(0.5, of: latencies)) / 1e6,
      p90MS: Double(percentile(0.9, of: latencies)) / 1e6,
      p99MS: Double(percentile(0.99, of: latencies)) / 1e6,
      p999MS: Double(percentile(0.999, of: latencies)) / 1e6,
      uncorrectedP99MS: Double(percentile(0.99, of: record.services.sorted())) / 1e6,
      meanBatch: Double(queries) / Double(max(record.searches, 1)),
      generatorLagP99MS: Double(lag) / 1e6, differing: record.differing, failure: failure)
  }
}
