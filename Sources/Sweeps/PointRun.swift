// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import EventBus
internal import Frames
internal import Glibc
internal import Matching
internal import Pipeline
internal import Synchronization

/// All rounds of one point: real runs onto a bus of their own, each held against the truth.
struct PointRun {
  let id: String
  let settings: FramePoint
  let plan: FrameSweepPlan
  let configuration: RunConfiguration
  let truth: FrameSetTruth
  let matcher: any Matcher

  private struct Round {
    let figures: PassFigures
    let summary: RunSummary
    let time: ComputeTime

    var cpuMilliseconds: Double {
      time.cpuSeconds * 1e3 / Double(max(1, summary.frames.in))
    }
  }

  /// - Throws: `CancellationError` when the task is cancelled; `SweepError` with code `badSweep` where two
  ///   rounds differ in more than their cost, which the virtual clock rules out.
  func measure(
    in folder: SweepFolder, step: @escaping @Sendable () -> Void
  ) async throws -> FrameSweepResult.Point {
    var rounds: [Round] = []
    for _ in 0..<plan.rounds {
      let round = try await round(in: folder, step: step)
      if let first = rounds.first, first.figures != round.figures {
        throw SweepError.badSweep(
          "two runs of point \(id) found different things; please report this, with its command")
      }
      rounds.append(round)
    }
    rounds.sort { $0.cpuMilliseconds < $1.cpuMilliseconds }
    return point(rounds[rounds.count / 2], of: rounds)
  }

  private func round(
    in folder: SweepFolder, step: @escaping @Sendable () -> Void
  ) async throws -> Round {
    let name = "bus-\(id)"
    folder.removeWork(name)
    defer { folder.removeWork(name) }
    let bus = BusLocation.sqlite(folder.work(name + ".db"))
    let (log, stop) = (CaptureLog(), StopSignal())
    let (matcher, frames) = (matcher, Steps(step))
    var run = PipelineRun(configuration, bus: bus, stop: stop) {
      if case .frames(let done, _) = $0 { frames.reach(done) }
    }
    run.witness = log.record
    // Stopped as a user stops a run, not cancelled: what is in flight comes to its end.
    let running = Task { [run, set = configuration.frameSet] in
      let (summary, time) = try await ComputeTime.measure {
        try await run.execute(searching: matcher)
      }
      guard summary.state == "finished" else { throw CancellationError() }
      return (summary, time, try await RecordedRun.newest(of: set, on: bus))
    }
    let (summary, time, recorded) = try await withTaskCancellationHandler {
      try await running.value
    } onCancel: {
      stop.raise()
    }
    let figures = PassFigures(
      truth: truth, captures: log.all, sightings: recorded.sightings,
      gallerySize: plan.gallerySize, threshold: plan.threshold, searchFPIR: plan.searchFpir,
      tiers: configuration.frameSet.manifest.tiers.count)
    return Round(figures: figures, summary: summary, time: time)
  }

  private func point(_ median: Round, of rounds: [Round]) -> FrameSweepResult.Point {
    let manifest = configuration.frameSet.manifest
    let summary = median.summary
    let bytes = manifest.frames.reduce(0) { $0 + $1.bytes }
    let rates = rounds.map(\.summary.framesPerSecond)
    return FrameSweepResult.Point(
      id: id, settings: settings,
      frames: .init(
        digest: configuration.frameSet.digest, cameras: manifest.cameras.count,
        count: summary.frames.in, failed: summary.frames.failed,
        width: manifest.cameras.first?.width ?? 0, height: manifest.cameras.first?.height ?? 0),
      figures: median.figures,
      cost: .init(
        framesPerSecond: summary.framesPerSecond,
        framesPerSecondRange: [rates.min() ?? 0, rates.max() ?? 0],
        cpuMillisecondsPerFrame: median.cpuMilliseconds,
        cpuMillisecondsRange: [
          rounds[0].cpuMilliseconds, rounds[rounds.count - 1].cpuMilliseconds,
        ],
        bytesPerFrame: Double(bytes) / Double(max(1, manifest.frames.count)),
        wallSeconds: median.time.wallSeconds, cpuSeconds: median.time.cpuSeconds,
        stages: summary.stages.map {
          .init(
            name: $0.name, count: $0.count, p50Ms: $0.p50MS, p99Ms: $0.p99MS,
            waitP99Ms: $0.waitP99MS)
        },
        events: summary.latencyMS.count, latencyP50Ms: summary.latencyMS.p50,
        latencyP99Ms: summary.latencyMS.p99, load: Self.load),
      fronts: [])
  }

  private static var load: Double {
    var loads = [0.0]
    return unsafe getloadavg(&loads, 1) == 1 ? loads[0] : 0
  }
}

/// Turns a count that grows into single steps.
private final class Steps: Sendable {
  private let seen = Mutex(0)
  private let step: @Sendable () -> Void

  init(_ step: @escaping @Sendable () -> Void) { self.step = step }

  func reach(_ count: Int) {
    let new = seen.withLock { seen -> Int in
      defer { seen = max(seen, count) }
      return max(0, count - seen)
    }
    for _ in 0..<new { step() }
  }
}
