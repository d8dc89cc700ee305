// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
internal import Faces
internal import Files
internal import Frames
internal import Galleries
package import Matching
package import Population
internal import Sightings

/// What a run tells while it is under way; from any thread.
package enum RunObservation: Sendable {
  case gallery(done: Int, total: Int)
  case resuming(runID: String, frames: Int)
  case frames(done: Int, total: Int)
  /// The gallery and the bus are open, and frames begin to flow: in this time, where they come at their pace.
  case began(runID: String, configDigest: String, gallerySize: Int, plannedSeconds: Double?)
}

/// One run: frames of a set in, sightings on a bus out.
///
/// Sources push into a bounded queue; workers read, decode, locate and embed; one task searches what has
/// gathered, on all threads; one task restores the order, tracks and decides; one writer commits. All
/// queues are bounded, so memory is, whatever the load.
package struct PipelineRun: Sendable {
  package let configuration: RunConfiguration
  let bus: BusLocation
  let stop: StopSignal
  let observer: @Sendable (RunObservation) -> Void
  /// Sees every frame when it has left the pipeline, one at a time, in order: for measurements, which must
  /// not be slow.
  package var witness: (@Sendable (ProcessedFrame) -> Void)?
  /// Told the end of every frame's way, from several threads.
  package var journeys: (@Sendable (JourneyEnd) -> Void)?
  /// Where the run may be looked at while it works.
  package var monitor: PipelineMonitor?

  package init(
    _ configuration: RunConfiguration, bus: BusLocation, stop: StopSignal = StopSignal(),
    observer: @escaping @Sendable (RunObservation) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.bus = bus
    self.stop = stop
    self.observer = observer
  }

  /// Runs to the end of the frame set, or until asked to stop.
  ///
  /// A run that throws stays unfinished on the bus, and the next one resumes it.
  /// - Parameter open: a matcher of this configuration that is open already, for runs that share one; `nil`
  ///   to open or draw the gallery.
  /// - Throws: `FileError`, `FrameError`, `PipelineError`, `GalleryError`, `MatchingError` or `BusError`;
  ///   `CancellationError` when stopped before the first frame.
  package func execute(searching open: (any Matcher)? = nil) async throws -> RunSummary {
    let start = Monotonic.now()
    monitor?.heeds(stop)
    defer { monitor?.ended() }
    let manifest = configuration.frameSet.manifest
    let population = Population(seed: manifest.population.seed)
    guard population.digest == manifest.population.digest else {
      throw PipelineError(
        .populationMismatch,
        "the frame set's probes were drawn from another population model than this sightline's; "
          + "render it again with `sightline simulate`")
    }
    try configuration.frameSet.checkFiles()
    try configuration.faults.check(cameras: manifest.cameras.map(\.id))
    let truth = configuration.publishesTruth ? try PublishedTruth(configuration) : nil
    let embedder = try FaceEmbedder(configuration.frameSet, dimension: Population.dimension)
    let log = try openLog()
    defer { try? log.close() }

    let building = Monotonic.now()
    var matcher: any Matcher
    if let open { matcher = open } else { matcher = try await openGallery(population) }
    let delays = (
      matcher: CallDelay(.matcher, configuration.faults, stop: stop),
      disk: CallDelay(.disk, configuration.faults, stop: stop)
    )
    if let delay = delays.matcher { matcher = SlowMatcher(matcher: matcher, delay: delay) }
    let gallery = matcher.gallery
    let size = gallery.size
    let threshold = try OperatingPoint(
      configuration.threshold, population: population, gallerySize: size)
    let digest = configuration.digest(gallery: gallery.digest)
    let built = Double(Monotonic.now() &- building) / 1e9

    let ticket = try log.beginRun(
      key: RunKey.key(
        frames: configuration.frameSet.digest, configuration: digest),
      facts: try RunFacts(
        gallerySize: size, threshold: threshold.threshold,
        searchFPIR: threshold.fpir, settingsDigest: configuration.settingsDigest
      ).json(),
      fresh: configuration.fresh)
    let contexts = EventContexts(
      configuration, digest: digest, matcher: matcher, threshold: threshold, runID: ticket.runID)
    let latency = EventLatency()
    let disk: any DurableLog = delays.disk.map { SlowLog(log: log, delay: $0) } ?? log
    let writer = GroupCommitWriter(log: disk) { latency.committed($0) }
    let recovery = try log.recovery(for: ticket)
    let closings = recovery.closings()
    try await writer.append(try closings.events.map { try BusRecord($0) })
    if let resumed = ticket.resumedFrom {
      observer(
        .resuming(runID: ticket.runID, frames: framesDone(resumed.mapValues(\.frameSequence))))
    }

    observer(
      .began(
        runID: ticket.runID, configDigest: digest.hex, gallerySize: size,
        plannedSeconds: configuration.plannedSeconds(
          after: (ticket.resumedFrom ?? [:]).mapValues(\.frameSequence))))
    let machines = manifest.cameras.map { camera in
      SightingMachine(
        context: contexts.context(for: camera), policy: contexts.policy,
        lastSequence: closings.lastSequence[camera.id] ?? 0, remembered: recovery.recent)
    }
    let (running, before) = (Monotonic.now(), latency.read().measures.busy)
    let (outcome, source) = try await runStages(
      embedder, matcher, machines, writer, latency, ticket)
    try await writer.flush()
    // Before the run is called finished: a broken invariant leaves it to be looked into.
    try outcome.checkConservation()
    if let truth, !source.stopped {
      let events = truth.events(provenance: contexts.provenance, gallerySize: size)
      try await writer.append(try events.map { try BusRecord($0) })
    }
    try log.finishRun(ticket.runID, source.stopped ? .stopped : .finished)
    let end = Monotonic.now()

    let delayed = [delays.matcher?.tally, delays.disk?.tally].compactMap { $0 }
    return summary(
      outcome, stopped: source.stopped, late: source.late, faults: source.faults.all + delayed,
      latency.read(),
      matcher, digest, threshold, ticket,
      recovered: closings.events.count,
      durability: try log.durability().description, built: built, before: before,
      seconds: Double(end &- start) / 1e9, runningSeconds: Double(end &- running) / 1e9)
  }

  private func openLog() throws -> SQLiteLog {
    switch bus {
    case .sqlite(let path): return try SQLiteLog(path)
    case .nats:
      throw BusError(
        .unknownLocation, "a run writes to sqlite:PATH, and is forwarded to \(bus) from there")
    }
  }

  /// The matcher over the gallery, opened or drawn; a stop is heard while that takes time.
  private func openGallery(_ population: Population) async throws -> any Matcher {
    let building = Task { [configuration, observer] in
      try await configuration.matcher(population) { observer(.gallery(done: $0, total: $1)) }
    }
    let watching = Task { [stop] in
      while !stop.isRaised { try await Task.sleep(for: .milliseconds(20)) }
      building.cancel()
    }
    defer { watching.cancel() }
    do {
      return try await building.value
    } catch {
      if stop.isRaised { throw CancellationError() }
      throw error
    }
  }

  /// Frames up to and including these sequence numbers, by camera.
  func framesDone(_ last: [String: Int]) -> Int {
    configuration.frameSet.manifest.frames.count { $0.seq <= last[$0.camera] ?? -1 }
  }
}

/// The threshold of a run and why it is that.
package struct OperatingPoint: Sendable {
  package let threshold: Double
  /// Expected of one non-mated search at the gallery's size, by the population model.
  package let fpir: Double
  let target: Double?

  package init(
    _ rule: ThresholdRule, population: Population, gallerySize: Int
  ) throws(PipelineError) {
    switch rule {
    case .fixed(let value):
      threshold = value
      target = nil
    case .fpir(let wanted):
      // Events tell six decimals; upward, so that the target is kept.
      let exact = population.impostors.threshold(fpir: wanted, gallerySize: gallerySize)
      threshold = (exact * 1e6).rounded(.up) / 1e6
      target = wanted
    }
    fpir = population.impostors.fpir(threshold: threshold, gallerySize: gallerySize)
      .rounded(significant: 4)
    if let target, !(fpir <= target * 1.01) || threshold > 1 {
      throw PipelineError(
        .noThreshold, "no threshold reaches FPIR \(target) at \(gallerySize) identities")
    }
  }

  /// `model` when the population model chose it for a wanted FPIR, else `given`.
  var basis: String { target == nil ? "given" : "model" }
}
