// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// Finds the largest rate of Poisson arrivals whose p99 stays under the bound, by `LoadSearch`.
struct RateSearch {
  /// A rate is not tried if its fewest queries take so many times the asked-for duration.
  private static let longest = 20.0

  private let setting: MatchBench.Setting
  private var plan: MatchPlan { setting.plan }

  init(_ setting: MatchBench.Setting) { self.setting = setting }

  /// Every matcher at every number of threads, into `result`.
  func run(into result: inout MatchResult) async throws {
    for threads in plan.threads {
      for contender in setting.contenders {
        do {
          result.servers.append(try await row(contender, threads: threads))
        } catch is CancellationError {
          result.interrupted = true
          return
        }
      }
    }
  }

  private func row(_ contender: MatchBench.Contender, threads: Int) async throws -> ServerRow {
    let boundMS = (plan.bound ?? 0) * 1e3
    let limit = plan.batches.max() ?? 64
    let matcher = contender.make(threads)
    var tried: [ServerRun] = []
    func row(_ confirmed: ServerRun?, _ failure: String?) -> ServerRow {
      ServerRow(
        matcher: contender.kind, threads: threads, batchLimit: limit, boundMS: boundMS,
        agreement: contender.agreement, tried: tried, confirmed: confirmed, failure: failure)
    }
    let one = try await seconds(matcher, batch: 1)
    guard one * 1e3 < boundMS else {
      return row(
        nil, "one search alone takes \(Int((one * 1e3).rounded(.up))) ms, over the bound")
    }
    let loop = ServerLoop(
      matcher: matcher, pool: setting.pool, judged: contender.lists, candidates: plan.candidates,
      batchLimit: limit, bound: plan.bound ?? 0, seed: plan.seed)
    // No more than full batches back to back can be answered.
    let high = Double(limit) / (try await seconds(matcher, batch: limit)) * 1.05
    let slowest = Double(ServerLoop.rule.queries(late: 0)) / plan.seconds / Self.longest
    var number: UInt64 = 0
    let search = LoadSearch(isWhole: false, lowest: slowest)
    let held = try await search.find(below: high) { rate, isFull, steps in
      number += 1
      let short = max(plan.seconds / 4, 200 / rate)
      setting.observer(
        .rate(
          contender.kind, threads: threads, perSecond: rate,
          secondsLeft: Double(steps) * short + max(plan.seconds, 459 / rate)))
      let run = try await loop.run(
        rate: rate, seconds: isFull ? plan.seconds : plan.seconds / 4,
        proof: isFull ? .earlyStopping : .share, number: number)
      tried.append(run)
      if run.differing > 0 { return .unsound }
      return run.failure == nil ? .held : .broken
    }
    if held.load != nil { return row(tried.last, nil) }
    if let run = tried.last, run.differing > 0 { return row(nil, run.failure) }
    guard tried.contains(where: { $0.failure == nil }) else {
      return row(
        nil,
        "no rate above \((slowest * 10).rounded() / 10) queries/s held the bound"
          + (tried.last?.failure.map { " (\($0))" } ?? "") + "; a lower one would take over "
          + "\(Int(Self.longest)) times --duration to prove")
    }
    return row(nil, tried.last?.failure)
  }

  /// The median of five searches after one for warming up.
  private func seconds(_ matcher: any Matcher, batch: Int) async throws -> Double {
    let probes = try setting.pool.batch(from: 0, count: batch)
    var times: [Double] = []
    for _ in 0..<6 {
      let start = Usage.wallNow
      _ = try await matcher.search(probes, k: plan.candidates, deadline: nil)
      times.append(Double(Usage.wallNow - start) / 1e9)
    }
    return Array(times.dropFirst()).median ?? 0
  }
}
