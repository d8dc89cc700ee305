// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Files
internal import Frames
internal import Galleries
package import Matching
package import Population
internal import Sightings
package import SystemPackage

/// Where a trial's events go.
package enum TrialBus: Hashable, Sendable {
  /// A log made for the trial, which the caller removes.
  case sqlite(FilePath)
  /// Nowhere: what the pipeline takes without a disk.
  case none
}

/// Measurements of the pipeline itself: its own stages, over a matcher that is open already, fed by a
/// schedule.
///
/// A frame set stands for any number of feeds: feed *f* shows camera *f* modulo their number, as a camera of
/// its own with tracks of its own.
package struct LoadTrial: Sendable {
  /// What a trial came to.
  package struct Outcome: Sendable {
    /// Frames of each feed.
    package let book: FrameBook.Reading
    package let faces: FaceAccount
    package let searches: Int
    /// Searches are made in batches: so many, of so many frames.
    package let batches: Int
    package let batchedFrames: Int
    package let sightings: SightingTotals
    package let measures: StageMeasures
    /// From the first frame's being due to the last event's being durable, in nanoseconds.
    package let elapsed: UInt64
    /// When the first frame was due, on the monotonic clock.
    package let start: UInt64
    /// How late the generator offered frames, by its own fault, in nanoseconds.
    package let lags: LatencyRecord
    /// The same of frames to warm up.
    package let warmupLags: LatencyRecord
    /// How often workers took memory for frames.
    package let allocations: Int
    package let mostQueued: (elements: Int, bytes: Int)
    /// The most bytes that frames between workers and tracker kept.
    package let mostKept: Int
    /// User and system time of the process meanwhile, in nanoseconds.
    package let cpu: UInt64
    /// Faults that were played meanwhile.
    package let faults: [FaultTally]
  }

  /// Counts of the tracker.
  package struct SightingTotals: Hashable, Sendable {
    package let tracks: Int
    package let opened: Int
    package let closed: Int
  }

  package let configuration: RunConfiguration
  let embedder: FaceEmbedder
  let matcher: any Matcher
  private let threshold: OperatingPoint
  private let digest: SHA256Digest
  /// Where trials may be looked at while they run.
  package var monitor: PipelineMonitor?
  /// Told of trials' frames, where one is to tell what they ask of the heap.
  package var heap: HeapWatch?

  /// Checks the frame set, which is to have a population of this program's.
  ///
  /// - Parameter matcher: searches the gallery of `configuration`.
  /// - Throws: `FileError`, `PipelineError`.
  package init(
    _ configuration: RunConfiguration, matcher: any Matcher, population: Population
  ) throws {
    self.configuration = configuration
    self.matcher = matcher
    let manifest = configuration.frameSet.manifest
    guard population.digest == manifest.population.digest else {
      throw PipelineError(
        .populationMismatch,
        "the frame set's probes were drawn from another population model than this sightline's; "
          + "render it again with `sightline simulate`")
    }
    guard !manifest.frames.isEmpty, !manifest.cameras.isEmpty else {
      throw PipelineError(.emptySet, "the frame set holds no frame; render one that does")
    }
    try configuration.frameSet.checkFiles()
    embedder = try FaceEmbedder(configuration.frameSet, dimension: Population.dimension)
    threshold = try OperatingPoint(
      configuration.threshold, population: population, gallerySize: matcher.gallery.size)
    digest = configuration.digest(gallery: matcher.gallery.digest)
  }

  /// The cosine from which a candidate is an alert.
  package var decisionThreshold: Double { threshold.threshold }

  /// Runs until the schedule has ended and its last frame's events are durable.
  ///
  /// - Throws: what the stages throw; `CancellationError`.
  package func run(
    _ schedule: some FrameSchedule, feeds: Int, bus: TrialBus, intake: QueueLimits,
    observer: @escaping @Sendable (JourneyEnd) -> Void
  ) async throws -> Outcome {
    var configuration = configuration
    configuration.intake = intake
    let delays = (
      matcher: CallDelay(.matcher, configuration.faults),
      disk: CallDelay(.disk, configuration.faults)
    )
    let matcher: any Matcher =
      delays.matcher.map { SlowMatcher(matcher: self.matcher, delay: $0) } ?? self.matcher
    let names = (0..<feeds).map { Self.name(of: $0) }
    let place = try TrialLog(self, bus, names: names, slowedBy: delays.disk)
    defer { place.close() }
    let journeys = Journeys { [heap] end in
      heap?.ended(end)
      observer(end)
    }
    var line = StageLine(
      configuration: configuration, embedder: embedder, matcher: matcher,
      bus: place.writer, latency: place.latency, runID: place.runID, journeys: journeys
    ) { _ in }
    line.monitor = monitor.map { LineMonitor(monitor: $0) }
    let source = LoadSource(
      frames: configuration.frameSet.manifest.frames, feeds: names, journeys: journeys,
      schedule: schedule)
    let cpu = ProcessTime.now()
    let (outcome, generator) = try await line.run(place.machines, on: OwnThread()) {
      try await source.run(into: $0)
    }
    try await place.writer.flush()
    let end = Monotonic.now()
    try outcome.checkConservation()
    var measures = outcome.measures
    measures.add(place.latency.read().measures)
    let counts = outcome.track.sightings
    return Outcome(
      book: outcome.book, faces: outcome.track.faces, searches: outcome.match.searches,
      batches: outcome.match.batches, batchedFrames: outcome.match.frames,
      sightings: SightingTotals(
        tracks: counts.tracks, opened: counts.opened, closed: counts.closed),
      measures: measures, elapsed: end &- generator.start, start: generator.start,
      lags: generator.lags, warmupLags: generator.warmupLags, allocations: outcome.allocations,
      mostQueued: outcome.mostQueued,
      mostKept: outcome.mostKept,
      cpu: ProcessTime.now() &- cpu,
      faults: [delays.matcher?.tally, delays.disk?.tally].compactMap { $0 })
  }

  /// The name of a feed, such as `feed-007`.
  package static func name(of feed: Int) -> String {
    let digits = String(feed + 1)
    return "feed-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  func contexts(runID: String) -> EventContexts {
    EventContexts(
      configuration, digest: digest, matcher: matcher, threshold: threshold, runID: runID)
  }
}
