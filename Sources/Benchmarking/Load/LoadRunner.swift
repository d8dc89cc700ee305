// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Pipeline
internal import SystemPackage

/// Makes runs of a bench: each with its own schedule, its own feeds and its own log.
struct LoadRunner: Sendable {
  let plan: PipelinePlan
  let trial: LoadTrial
  let matcher: SampledMatcher
  let scratch: LogFolder

  struct Made: Sendable {
    let run: LoadRun
    let traced: [JourneyEnd]
    let start: UInt64
  }

  private var cameras: Int { plan.configuration.frameSet.manifest.cameras.count }

  /// Frames a second when all are there at once.
  func capacity() async throws -> Double {
    try await closedLoop(together: nil, seconds: plan.seconds / 4, least: 50).run.framesPerSecond
  }

  func closedLoop() async throws -> Made {
    switch plan.scenario {
    case .single:
      try await closedLoop(
        together: 1, seconds: plan.seconds,
        least: EarlyStopping(percentile: 0.9).queries(late: 0))
    case .multi:
      try await closedLoop(
        together: cameras, seconds: plan.seconds,
        least: cameras * LoadMeter.rule.queries(late: 0))
    case .offline, .cameras, .server:
      try await closedLoop(together: nil, seconds: plan.seconds, least: 200)
    }
  }

  private func closedLoop(
    together: Int?, seconds: Double, least: Int
  ) async throws -> Made {
    let meter = LoadMeter(proof: .none, group: together ?? 1, traced: plan.traced)
    let feeds = together == 1 ? 1 : cameras
    let cursor = FrameCursor(
      plan.configuration.frameSet.manifest, feeds: feeds, seed: plan.seed)
    let schedule = ClosedSchedule(
      feeds: feeds, cursor: cursor, together: together, warmup: UInt64(plan.warmup * 1e9),
      measured: UInt64(seconds * 1e9), least: least)
    var queue = plan.intake
    queue.policy = .block
    queue.maximumAge = nil
    // What is there at once waits outside; a long queue would only be measured in draining.
    if together == nil { queue.elements = min(queue.elements, 4 * plan.configuration.threads) }
    return try await make(schedule, feeds: feeds, limits: queue, meter: meter, load: nil)
  }

  /// A run of an open loop with so many cameras, or frames a second.
  func openLoop(_ load: Double, proof: LoadMeter.Proof) async throws -> Made {
    let isCameras = plan.scenario == .cameras
    let rate = isCameras ? load * plan.feedRate : load
    let seconds = proof == .share ? plan.seconds / 4 : plan.seconds
    let feeds = isCameras ? Int(load) : cameras
    let meter = LoadMeter(
      bound: UInt64((plan.bound ?? 0) * 1e9), proof: proof, planned: Int(rate * seconds),
      traced: plan.traced)
    let arrivals: OpenSchedule.Arrivals =
      isCameras
      ? .cameras(
        CameraArrivals(cameras: feeds, framesPerSecond: plan.feedRate, seed: plan.seed))
      : .poisson(
        PoissonArrivals(perSecond: rate, seed: plan.seed, run: proof == .share ? 0 : 1),
        feeds: feeds)
    let schedule = OpenSchedule(
      arrivals,
      cursor: FrameCursor(
        plan.configuration.frameSet.manifest, feeds: feeds, seed: plan.seed),
      meter: meter, warmup: plan.warmup * 1e9, measured: seconds * 1e9,
      planned: Int(rate * (plan.warmup + seconds)))
    return try await make(
      schedule, feeds: feeds, limits: plan.intake,
      meter: meter, load: load)
  }

  private func make(
    _ schedule: some FrameSchedule, feeds: Int, limits: QueueLimits, meter: LoadMeter,
    load: Double?
  ) async throws -> Made {
    _ = try matcher.takeSample()
    let log = scratch.path.appending("events.db")
    defer { scratch.empty() }
    let memory = MemoryWatch(after: plan.warmup)
    defer { memory.cancel() }
    let outcome = try await trial.run(
      schedule, feeds: feeds, bus: plan.usesBus ? .sqlite(log) : .none, intake: limits,
      observer: { meter.observe($0) })
    let reading = meter.reading
    var run = LoadRun(
      outcome, reading, load: load,
      scheduled: load.flatMap {
        plan.scenario == .cameras ? $0 * plan.feedRate : reading.scheduledPerSecond
      },
      required: plan.keepsGoing
        ? LoadMeter.rule.queries(late: reading.late) : meter.required(late: reading.late),
      workers: plan.configuration.threads)
    run.memory = await memory.trend()
    run.failure = failure(of: run, outcome, meter)
    return Made(run: run, traced: reading.traced, start: outcome.start)
  }

  /// Why a run does not count; the most telling reason first.
  private func failure(
    of run: LoadRun, _ outcome: LoadTrial.Outcome, _ meter: LoadMeter
  ) -> LoadRun.Failure? {
    if let failure = generatorFailure(of: run, outcome) { return failure }
    if run.frames.dropped > 0 {
      let first = run.drops.first.map { ", of \($0.feed) first: \($0.reason)" } ?? ""
      return .init(
        kind: .dropped,
        message: "\(run.frames.dropped) of \(run.frames.entered) frames were dropped\(first)")
    }
    if run.queries == 0 {
      return .init(kind: .empty, message: "no frame was measured; give a longer --duration")
    }
    guard let bound = plan.bound, run.load != nil else { return nil }
    if run.queries < run.required {
      return .init(
        kind: .late,
        message: "\(run.late) of \(run.queries) frames were late, which do not prove p99 under "
          + "the bound")
    }
    if let events = run.eventP99MS, events > bound * 1e3 {
      return .init(
        kind: .late,
        message: "p99 of \(run.events) events, from frame due to event durable, is "
          + "\(Int(events.rounded(.up))) ms")
    }
    return nil
  }

  /// Whether the generator of load was late itself, for more frames than p99 can do with or, where frames were
  /// dropped, for as many as fill a part of the queue in one burst.
  private func generatorFailure(
    of run: LoadRun, _ outcome: LoadTrial.Outcome
  ) -> LoadRun.Failure? {
    guard run.load != nil else { return nil }
    let limit = max((plan.bound ?? 0) / 10 * 1e9, 1e6)
    var (lagging, count) = (outcome.lags.sorted.count(above: UInt64(limit)), outcome.lags.count)
    var allowed = count / 100
    if run.frames.dropped > 0 {
      lagging += outcome.warmupLags.sorted.count(above: UInt64(limit))
      count += outcome.warmupLags.count
      allowed = min(count / 100, plan.intake.elements / 10)
    }
    guard lagging > max(1, allowed) else { return nil }
    return .init(
      kind: .generator,
      message: "the generator was overloaded: \(lagging) of \(count) frames were offered over "
        + "\(Int(limit / 1e6)) ms late; run on a quieter machine")
  }
}
