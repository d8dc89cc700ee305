// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import FoundationEssentials
internal import Frames
package import Galleries
package import Matching
package import Pipeline
package import Population
internal import SystemPackage

/// What a bench of the pipeline tells while it is under way.
package enum PipelineProgress: Sendable {
  case gallery(done: Int, total: Int)
  /// The load tried next, and about how many seconds are left.
  case load(Double?, PipelinePlan.Scenario, secondsLeft: Double)
  /// Searches being compared with exact search.
  case checking(searches: Int)
}

/// What a bench of the pipeline found.
package struct PipelineResult: Sendable {
  package let plan: PipelinePlan
  package let matcher: MatcherInformation
  package let gallery: GalleryDescription
  /// The cosine from which a candidate is an alert.
  package let threshold: Double
  /// Runs to find the load, in the order in which they were made; short ones, then at full length.
  package var tried: [LoadRun] = []
  /// The run that counts.
  package var confirmed: LoadRun?
  package var agreement: LoadAgreement?
  /// Why there is no figure; `nil` if there is one.
  package var invalid: String?
  /// Whether it was given up before its end; what was tried until then is there.
  package var interrupted = false
  /// Frames' ways of the run that counts, or of the last one, for a trace.
  package var traced: [JourneyEnd] = []
  package var traceStart: UInt64 = 0
  package var loadBefore: Double
  package var loadAfter: Double
  package var seconds = 0.0
  package var peakBytes = 0
}

/// Measures the pipeline under load: its own stages, whole, from frames due to events durable.
package struct PipelineBench: Sendable {
  package typealias Observer = @Sendable (PipelineProgress) -> Void

  private let plan: PipelinePlan
  private let observer: Observer
  /// Where its runs may be looked at, one after the other.
  package var monitor: PipelineMonitor?

  package init(_ plan: PipelinePlan, observer: @escaping Observer) {
    self.plan = plan
    self.observer = observer
  }

  /// Opens or draws the gallery and runs it. Cancelled later than that, it ends with the runs that are done.
  ///
  /// - Throws: `FileError`, `GalleryError`, `PipelineError`, `BusError`; `CancellationError` before the first run.
  package func run() async throws -> PipelineResult {
    let population = Population(seed: plan.configuration.frameSet.manifest.population.seed)
    let matcher = try await plan.configuration.matcher(population) { [observer] in
      observer(.gallery(done: $0, total: $1))
    }
    return try await run(matcher, population: population)
  }

  /// The same over a matcher that is open already.
  package func run(
    _ matcher: any Matcher, population: Population
  ) async throws -> PipelineResult {
    let (start, load) = (Usage.wallNow, Usage.load)
    let sampled = SampledMatcher(matcher, limit: plan.checked)
    var trial = try LoadTrial(plan.configuration, matcher: sampled, population: population)
    trial.monitor = monitor
    defer { monitor?.ended() }
    var result = PipelineResult(
      plan: plan, matcher: matcher.information, gallery: matcher.gallery,
      threshold: trial.decisionThreshold, loadBefore: load, loadAfter: load)
    let scratch = try LogFolder()
    defer { scratch.remove() }
    let runner = LoadRunner(plan: plan, trial: trial, matcher: sampled, scratch: scratch)
    do {
      if plan.scenario.isOpenLoop {
        try await openLoop(runner, into: &result)
      } else {
        observer(.load(nil, plan.scenario, secondsLeft: plan.estimatedSeconds))
        keep(try await runner.closedLoop(), in: &result)
      }
      if result.confirmed == nil {
        result.invalid =
          result.invalid ?? result.tried.last?.failure?.message ?? "no run held the bound"
      } else {
        try await check(sampled, matcher.information, population, &result)
      }
    } catch is CancellationError {
      result.interrupted = true
      result.invalid =
        result.invalid
        ?? (result.confirmed == nil
          ? "interrupted after \(result.tried.count) runs, before one counted"
          : "interrupted before the searches were compared with exact search")
    }
    result.loadAfter = Usage.load
    result.seconds = Double(Usage.wallNow - start) / 1e9
    result.peakBytes = Usage.peakBytes
    return result
  }

  private func openLoop(_ runner: LoadRunner, into result: inout PipelineResult) async throws {
    if let load = plan.load {
      observer(.load(load, plan.scenario, secondsLeft: plan.estimatedSeconds))
      keep(
        try await runner.openLoop(load, proof: plan.keepsGoing ? .none : .earlyStopping),
        in: &result)
      return
    }
    observer(.load(nil, .offline, secondsLeft: plan.estimatedSeconds))
    let capacity = try await runner.capacity()
    let unit = plan.scenario == .cameras ? plan.feedRate : 1
    let search = LoadSearch(
      isWhole: plan.scenario == .cameras, lowest: plan.scenario == .cameras ? 1 : 0.5)
    let short = plan.seconds / 4 + plan.warmup
    let found = try await search.find(below: 1.05 * capacity / unit) { load, isFull, steps in
      let left = Double(steps) * short + plan.seconds + plan.warmup
      observer(.load(load, plan.scenario, secondsLeft: left))
      let made = try await runner.openLoop(load, proof: isFull ? .earlyStopping : .share)
      keep(made, counts: isFull, in: &result)
      return switch made.run.failure?.kind {
      case nil: .held
      case .generator: .unjudged
      case .dropped, .late, .empty: .broken
      }
    }
    if let unjudged = found.unjudged {
      result.invalid =
        (result.tried.contains { $0.load == unjudged }
          ? "the generator was overloaded at \(words(unjudged)), \(LoadSearch.mostTries) times over"
          : "all that was tried held, up to \(words(unjudged))")
        + ", so the most that is held is not known"
        + (found.load.map { ", but that \(words($0)) are" } ?? "")
        + "; run on a quieter machine"
    } else if result.confirmed == nil, result.tried.isEmpty {
      result.invalid =
        "\(Int(capacity.rounded())) frames/s are the most it takes, less than "
        + (plan.scenario == .cameras
          ? "one camera of \(plan.feedRate) frames/s gives" : "any rate tried")
    }
  }

  /// A load, in words.
  private func words(_ load: Double) -> String {
    plan.scenario == .cameras
      ? "\(Int(load)) cameras" : "\((load * 10).rounded() / 10) frames/s"
  }

  /// Keeps a run, and its trace: the last one's is what a result without a figure is told by.
  private func keep(
    _ made: LoadRunner.Made, counts: Bool = true, in result: inout PipelineResult
  ) {
    result.tried.append(made.run)
    result.traced = made.traced
    result.traceStart = made.start
    if counts, made.run.failure == nil { result.confirmed = made.run }
  }

  /// Compares the searches of the run that counts with an exact search that draws every template anew.
  private func check(
    _ sampled: SampledMatcher, _ information: MatcherInformation, _ population: Population,
    _ result: inout PipelineResult
  ) async throws {
    let sample = try sampled.takeSample()
    guard plan.checked > 0, sample.probes.count > 0 else {
      if plan.checked > 0 {
        result.invalid = result.invalid ?? "no face was searched: there is nothing to judge by"
      }
      return
    }
    observer(.checking(searches: sample.probes.count))
    let reference = try StreamingMatcher(
      population: population, size: result.gallery.size, threads: plan.configuration.threads)
    let lists = try await reference.search(
      sample.probes, k: plan.configuration.candidates, deadline: nil)
    let keepsLists = information.name == "exact" || information.name == "int8"
    let agreement = LoadAgreement(
      sample.lists, reference: lists, named: reference.information.name,
      threshold: keepsLists ? nil : result.threshold)
    result.agreement = agreement
    if agreement.differing > 0 {
      result.invalid =
        "\(agreement.differing) of \(agreement.searches) searches differ from exact search"
    }
  }
}

/// A folder for the logs of a bench's runs.
struct LogFolder: Sendable {
  let path: FilePath

  init() throws {
    path = FilePath(FileManager.default.temporaryDirectory.path).appending(
      "sightline-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  /// Removes what a run left.
  func empty() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? [] {
      try? FileManager.default.removeItem(atPath: path.appending(name).string)
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path.string) }
}
