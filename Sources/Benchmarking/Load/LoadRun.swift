// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline

/// One run of the pipeline under one load. Percentiles are milliseconds, from all measured queries.
package struct LoadRun: Codable, Hashable, Sendable {
  /// Cameras, or frames a second; `nil` where frames do not come by a rate.
  package var load: Double?
  /// Frames a second that were scheduled, measured ones by the time over which they were due.
  package var scheduledPerSecond: Double?
  /// Frames a second that ended.
  package var framesPerSecond: Double
  /// A frame, or the frames of one tick.
  package var queries: Int
  /// Measured frames that took longer than the bound, or were dropped.
  package var late: Int
  /// The queries that so many late ones ask for.
  package var required: Int
  /// From the time a query was due to the end of its way.
  package var p50MS: Double
  package var p90MS: Double
  package var p99MS: Double
  package var p999MS: Double
  /// The latency that the queries prove p90 and p99 for, by the early-stopping rule.
  package var provenP90MS: Double?
  package var provenP99MS: Double?
  /// From the time a worker took the frame: what a test sees that waits for answers before it asks again.
  package var uncorrectedP99MS: Double
  /// Events caused by measured frames, from the time the frame was due until they were durable.
  package var events: Int
  package var eventP50MS: Double?
  package var eventP90MS: Double?
  package var eventP99MS: Double?
  package var eventP999MS: Double?
  /// The latency that the events alone prove p99 for, by the same rule; `nil` for too few of them.
  package var provenEventP99MS: Double?
  package var frames: Frames
  package var drops: [Drop]
  /// Faces searched, of all frames.
  package var searches: Int
  /// Frames with faces that were searched together, on average.
  package var framesPerBatch: Double
  package var sightingsOpened: Int
  package var stages: [StageRow]
  /// The stage that is busiest for the threads it has, and the share of time that it is.
  package var bottleneck: Bottleneck?
  /// CPU seconds a second: cores in use.
  package var coresUsed: Double
  /// A frame that was not dropped.
  package var cpuMSPerFrame: Double
  /// How late frames were offered by the fault of the generator.
  package var generatorLagP99MS: Double
  /// How often workers took memory for frames: a few times, whatever the number of frames.
  package var frameAllocations: Int
  package var mostQueuedFrames: Int
  package var mostQueuedBytes: Int
  package var mostInFlight: Int
  /// What those of them kept that had passed a worker.
  package var mostInFlightBytes: Int
  /// Of the process, from the end of the time to warm up on; `nil` for runs of a few seconds.
  package var memory: MemoryTrend?
  /// Faults that were played meanwhile; `nil` if there were none.
  package var faults: [FaultTally]?
  /// Why it does not count; `nil` if it does.
  package var failure: Failure?

  /// Why a run does not count.
  package struct Failure: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
      /// The generator of load was late itself: nothing is known of the pipeline.
      case generator
      case dropped
      case late
      /// Nothing was measured.
      case empty
    }

    package var kind: Kind
    /// One line.
    package var message: String
  }

  /// All frames, those to warm up included: `entered` = `decoded` + `failed` + `dropped`.
  package struct Frames: Codable, Hashable, Sendable {
    package var entered: Int
    package var decoded: Int
    package var failed: Int
    package var dropped: Int
    /// Those that were measured and not dropped.
    package var measured: Int
  }

  package struct Drop: Codable, Hashable, Sendable {
    package var feed: String
    package var stage: String
    package var reason: String
    package var count: Int
  }

  package struct StageRow: Codable, Hashable, Sendable {
    package var name: String
    package var count: Int
    /// Work, apart from waiting in the queue before it.
    package var p50MS: Double
    package var p99MS: Double
    package var waitP50MS: Double
    package var waitP99MS: Double
    /// Share of the time of its threads in which it was at work.
    package var utilisation: Double
  }
}

extension LoadRun {
  /// - Parameters:
  ///   - span: nanoseconds over which measured frames were due; 0 where they come by no rate.
  ///   - workers: threads that read, decode, locate and embed.
  init(
    _ outcome: LoadTrial.Outcome, _ reading: LoadMeter.Reading, load: Double?,
    scheduled: Double?, required: Int, workers: Int
  ) {
    let corrected = reading.corrected.sorted
    let uncorrected = reading.uncorrected.sorted
    let events = reading.events.sorted
    func milliseconds(_ share: Double, _ sorted: LatencyRecord.Sorted) -> Double {
      Double(sorted.value(atShare: share) ?? 0) / 1e6
    }
    let total = outcome.book.total
    let time = Double(max(outcome.elapsed, 1))
    self.load = load
    faults = outcome.faults.isEmpty ? nil : outcome.faults
    scheduledPerSecond = scheduled
    framesPerSecond =
      reading.frames > 1
      ? Double(reading.frames - 1) / Double(max(reading.lastEnd &- reading.firstEnd, 1)) * 1e9 : 0
    queries = corrected.count
    late = reading.late
    self.required = required
    p50MS = milliseconds(0.5, corrected)
    p90MS = milliseconds(0.9, corrected)
    p99MS = milliseconds(0.99, corrected)
    p999MS = milliseconds(0.999, corrected)
    provenP90MS = EarlyStopping(percentile: 0.9).estimate(corrected).map { Double($0) / 1e6 }
    provenP99MS = LoadMeter.rule.estimate(corrected).map { Double($0) / 1e6 }
    uncorrectedP99MS = milliseconds(0.99, uncorrected)
    self.events = events.count
    func event(_ share: Double) -> Double? {
      events.isEmpty ? nil : milliseconds(share, events)
    }
    (eventP50MS, eventP90MS) = (event(0.5), event(0.9))
    (eventP99MS, eventP999MS) = (event(0.99), event(0.999))
    provenEventP99MS = LoadMeter.rule.estimate(events).map { Double($0) / 1e6 }
    frames = Frames(
      entered: total.entered, decoded: total.decoded, failed: total.failed, dropped: total.dropped,
      measured: reading.frames)
    drops = outcome.book.drops.map { drop, count in
      Drop(
        feed: LoadTrial.name(of: drop.camera), stage: drop.stage.rawValue,
        reason: drop.reason.rawValue, count: count)
    }.sorted { ($0.feed, $0.stage, $0.reason) < ($1.feed, $1.stage, $1.reason) }
    searches = outcome.searches
    framesPerBatch = Double(outcome.batchedFrames) / Double(max(outcome.batches, 1))
    sightingsOpened = outcome.sightings.opened
    let use = StageUse(outcome.measures, over: outcome.elapsed, workers: workers)
    stages = Stage.allCases.map { stage in
      let work = outcome.measures.work[stage] ?? .none
      let wait = outcome.measures.wait[stage] ?? .none
      return StageRow(
        name: stage.rawValue, count: work.count, p50MS: work.milliseconds(atPercentile: 50),
        p99MS: work.milliseconds(atPercentile: 99), waitP50MS: wait.milliseconds(atPercentile: 50),
        waitP99MS: wait.milliseconds(atPercentile: 99),
        utilisation: use.share(of: stage))
    }
    bottleneck = use.bottleneck
    coresUsed = Double(outcome.cpu) / time
    cpuMSPerFrame = Double(outcome.cpu) / 1e6 / Double(max(total.entered - total.dropped, 1))
    generatorLagP99MS = milliseconds(0.99, outcome.lags.sorted)
    frameAllocations = outcome.allocations
    mostQueuedFrames = outcome.mostQueued.elements
    mostQueuedBytes = outcome.mostQueued.bytes
    mostInFlight = outcome.book.mostInFlight
    mostInFlightBytes = outcome.mostKept
    memory = nil
    failure = nil
  }
}
