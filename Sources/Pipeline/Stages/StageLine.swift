// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Frames
internal import Matching
internal import Sightings

/// What all stages came to.
struct RunOutcome: Sendable {
  var book: FrameBook.Reading
  var match = MatchStage.Tally()
  var track = TrackStage.Tally()
  var measures = StageMeasures()
  /// How often workers took memory for frames.
  var allocations = 0
  /// The most that the first queue held.
  var mostQueued = (elements: 0, bytes: 0)
  /// The most bytes that frames between workers and tracker kept.
  var mostKept = 0

  /// Frames that came in must have left by one door; a break is a fault of ours.
  func checkConservation() throws(PipelineError) {
    guard frames.inFlight == 0 else {
      throw PipelineError(
        .internalFault,
        "frames are not conserved: \(frames.entered) in, but \(frames.decoded) decoded, "
          + "\(frames.failed) failed and \(frames.dropped) dropped; please report this")
    }
  }

  var frames: FrameAccount { book.total }
}

/// The stages, joined by bounded queues: frames of a source in, sightings on a bus out.
///
/// Every queue is bounded in frames and in bytes, by what the first one is bounded in:
/// - the workers' takes both from the configuration, a frame weighing what its file has;
/// - the matcher's holds a few frames a worker, and `QueueLimits.bytes` of what they keep;
/// - the tracker's has room for every frame in flight, so that no source waits to tell what was lost: `FlightWindow`
///   bounds those, and what they keep, where they come in;
/// - the log's writer has bounds of its own (`WriterLimits`).
struct StageLine: Sendable {
  let configuration: RunConfiguration
  let embedder: FaceEmbedder
  let matcher: any Matcher
  let bus: any EventBus
  let latency: EventLatency
  let runID: String
  var journeys: Journeys? = nil
  /// Told where this line may be looked at, and the cameras' names.
  var monitor: LineMonitor? = nil
  /// Shown every frame as the tracker takes it.
  var witness: (@Sendable (ProcessedFrame) -> Void)? = nil
  /// Told the number of frames that have passed the last stage.
  let progress: @Sendable (_ done: Int) -> Void

  init(
    configuration: RunConfiguration, embedder: FaceEmbedder, matcher: any Matcher,
    bus: any EventBus, latency: EventLatency, runID: String, journeys: Journeys? = nil,
    progress: @escaping @Sendable (_ done: Int) -> Void
  ) {
    self.configuration = configuration
    self.embedder = embedder
    self.matcher = matcher
    self.bus = bus
    self.latency = latency
    self.runID = runID
    self.journeys = journeys
    self.progress = progress
  }

  private enum Part<Source: Sendable>: Sendable {
    case source(Source)
    case worker(FrameWorker.Tally)
    case match(MatchStage.Tally)
    case track(TrackStage.Tally)
  }

  /// Starts all stages and waits until the last frame has passed the last one.
  ///
  /// - Parameters:
  ///   - machines: one for each camera or feed.
  ///   - executor: where the source runs; `nil` for the pool that all tasks share.
  ///   - source: brings in frames until there are no more; what it gives is handed back.
  func run<Source: Sendable>(
    _ machines: [SightingMachine], on executor: OwnThread? = nil,
    _ source: @escaping @Sendable (FrameIntake) async throws -> Source
  ) async throws -> (RunOutcome, Source) {
    let workers = configuration.threads
    let decode = BoundedQueue<FrameTicket>(configuration.intakeLimits) { $0.frame.bytes }
    let match = BoundedQueue<ProcessedFrame>(
      QueueLimits(
        elements: configuration.queueFrames * workers, bytes: configuration.intakeLimits.bytes)
    ) { $0.keptBytes }
    let window = FlightWindow(configuration.flightLimits)
    let track = BoundedQueue<ProcessedFrame>(capacity: window.limits.frames)
    let book = FrameBook(cameras: machines.count, limit: window.limits.frames)
    let intake = FrameIntake(
      decode: decode, track: track, window: window, book: book, journeys: journeys)
    let board = LiveBoard(cameras: monitor == nil ? 0 : machines.count)
    // One for each worker, and for the two serial stages.
    let recorders = (0..<workers + 2).map { _ in MeasureRecorder() }
    monitor?.began(
      PipelineMonitor.Line(
        names: machines.map(\.context.camera.id), beganAt: Monotonic.now(), workers: workers,
        book: book, decode: decode, match: match, track: track, window: window,
        recorders: recorders, latency: latency, board: board))

    return try await withThrowingTaskGroup(of: Part<Source>.self) { group in
      group.addTask(executorPreference: executor) {
        let end = try await source(intake)
        decode.finish()
        return .source(end)
      }
      for number in 0..<workers {
        group.addTask(executorPreference: OwnThread()) {
          let worker = FrameWorker(
            configuration, embedder, number: number, measures: recorders[number])
          return .worker(
            try await worker.run(from: decode, to: match, orTo: track, in: window))
        }
      }
      // With fewer frames than workers the queue is about to be empty.
      let enough = min(workers, configuration.intakeLimits.elements - 1)
      group.addTask {
        let stage = MatchStage(
          matcher: matcher, embedder: embedder, k: configuration.candidates,
          limits: configuration.batch, isBehind: { decode.count > enough },
          measures: recorders[workers], board: board)
        let tally = try await stage.run(from: match, to: track)
        track.finish()
        return .match(tally)
      }
      group.addTask {
        var stage = TrackStage(
          embedder: embedder, runID: runID, machines: machines, bus: bus, latency: latency,
          window: window, book: book, journeys: journeys, witness: witness,
          measures: recorders[workers + 1], board: board, progress: progress)
        return .track(try await stage.run(from: track))
      }

      var outcome = RunOutcome(book: book.reading)
      var end: Source?
      var working = workers
      for try await part in group {
        switch part {
        case .source(let source): end = source
        case .worker(let tally):
          outcome.allocations += tally.allocations
          working -= 1
          if working == 0 { match.finish() }
        case .match(let tally): outcome.match = tally
        case .track(let tally): outcome.track = tally
        }
      }
      for recorder in recorders { outcome.measures.add(recorder.read()) }
      outcome.book = book.reading
      outcome.mostQueued = decode.most
      outcome.mostKept = window.mostBytes
      guard let end else {
        throw PipelineError(.internalFault, "the source never ended; please report this")
      }
      return (outcome, end)
    }
  }
}
