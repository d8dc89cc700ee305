// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Matching
internal import Pipeline
internal import Population
internal import SystemPackage

/// The whole pipeline's CPU time a frame against the sum of its stages', each run alone; in turn, by round.
package struct StagesBench: Sendable {
  package let plan: PipelinePlan
  package let rounds: Int
  private let observer: PipelineBench.Observer
  private let roundObserver: @Sendable (_ done: Int, _ total: Int) -> Void

  /// `plan` is of the scenario `offline`: what is measured is work, not waiting.
  package init(
    _ plan: PipelinePlan, rounds: Int, observer: @escaping PipelineBench.Observer,
    roundObserver: @escaping @Sendable (Int, Int) -> Void
  ) {
    var plan = plan
    plan.scenario = .offline
    self.plan = plan
    self.rounds = rounds
    self.observer = observer
    self.roundObserver = roundObserver
  }

  /// Opens or draws the gallery, and measures, after a round to warm up. Cancelled, it ends with the rounds
  /// that are done.
  ///
  /// - Throws: `FileError`, `GalleryError`, `PipelineError`, `BusError`.
  package func run() async throws -> StagesResult {
    let population = Population(seed: plan.configuration.frameSet.manifest.population.seed)
    let matcher = try await plan.configuration.matcher(population) { [observer] in
      observer(.gallery(done: $0, total: $1))
    }
    let load = Usage.load
    var trial = try LoadTrial(plan.configuration, matcher: matcher, population: population)
    let heap = HeapCount.isCounted ? HeapWatch() : nil
    trial.heap = heap
    let scratch = try LogFolder()
    defer { scratch.remove() }
    let runner = LoadRunner(
      plan: plan, trial: trial, matcher: SampledMatcher(matcher, limit: 0), scratch: scratch)
    var made: [StagesResult.Round] = []
    do {
      for round in 0...rounds {
        let whole = try await runner.closedLoop().run
        let taken = heap?.take()
        let log = scratch.path.appending("stages.db")
        let alone = try await trial.stagesAlone(
          framesPerBatch: whole.framesPerBatch, bus: plan.usesBus ? .sqlite(log) : .none)
        scratch.empty()
        roundObserver(round + 1, rounds + 1)
        guard round > 0 else { continue }
        made.append(
          StagesResult.Round(
            pipelineMS: whole.cpuMSPerFrame, framesPerSecond: whole.framesPerSecond,
            coresUsed: whole.coresUsed, framesPerBatch: whole.framesPerBatch,
            frameAllocations: whole.frameAllocations,
            heap: taken.map { StagesResult.Heap($0.count, frames: $0.frames) },
            stages: Stage.allCases.filter { $0 != .publish }.map {
              .init(
                name: $0 == .track ? "track+publish" : $0.rawValue, cpuMS: alone.perFrame($0),
                heap: heap == nil
                  ? nil : .init(alone.heap[$0] ?? HeapCount(), frames: alone.frames))
            }))
      }
    } catch is CancellationError {}
    return StagesResult(
      settings: PipelineSettings(plan), matcher: matcher.information.name, rounds: made,
      loadBefore: load, loadAfter: Usage.load, interrupted: made.count < rounds)
  }
}

/// What `bench stages` measured.
package struct StagesResult: Encodable, Sendable {
  package struct Cost: Encodable, Sendable {
    package let name: String
    /// Milliseconds a frame of the set, whether it has faces or not.
    package let cpuMS: Double
    /// `nil` where nobody counts.
    package let heap: Heap?
  }

  /// Calls of `malloc` and its like a frame, and the bytes they ask for: ours, and those of the libraries
  /// that we call.
  package struct Heap: Encodable, Sendable {
    package let calls: Double
    package let bytes: Double
    package let libraryCalls: Double
    package let libraryBytes: Double

    init(_ count: HeapCount, frames: Int) {
      let frames = Double(max(frames, 1))
      calls = Double(count.calls) / frames
      bytes = Double(count.bytes) / frames
      libraryCalls = Double(count.libraryCalls) / frames
      libraryBytes = Double(count.libraryBytes) / frames
    }
  }

  package struct Round: Encodable, Sendable {
    /// CPU time of the process a frame, all stages at work together.
    package let pipelineMS: Double
    package let framesPerSecond: Double
    package let coresUsed: Double
    package let framesPerBatch: Double
    /// How often workers took memory for frames.
    package let frameAllocations: Int
    /// The pipeline's, from the first measured frame's end to the last one's; `nil` where nobody counts.
    package let heap: Heap?
    /// Each stage alone.
    package let stages: [Cost]

    package var sumMS: Double { stages.reduce(0) { $0 + $1.cpuMS } }
    package var ratio: Double { pipelineMS / sumMS }
  }

  package let settings: PipelineSettings
  package let matcher: String
  package let rounds: [Round]
  package let loadBefore: Double
  package let loadAfter: Double
  package let interrupted: Bool

  package func median(_ figure: (Round) -> Double) -> Double { rounds.map(figure).median ?? 0 }
}
