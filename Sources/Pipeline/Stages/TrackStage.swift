// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Frames
internal import Matching
internal import Sightings

/// Puts frames back in order, turns them into sightings, and hands those to the bus.
///
/// The one serial stage: a few microseconds a frame.
struct TrackStage {
  let embedder: FaceEmbedder
  let runID: String
  /// One for each camera, in the manifest's order.
  var machines: [SightingMachine]
  let bus: any EventBus
  let latency: EventLatency
  /// Frames in flight; each gives its place back when it has been handled.
  let window: FlightWindow
  let book: FrameBook
  let journeys: Journeys?
  let witness: (@Sendable (ProcessedFrame) -> Void)?
  var measures = MeasureRecorder()
  var board = LiveBoard(cameras: 0)
  let progress: @Sendable (_ done: Int) -> Void

  struct Tally: Sendable {
    var faces = FaceAccount()
    var sightings = SightingCounts()
    var failures: [FrameError] = []
  }

  mutating func run(from input: BoundedQueue<ProcessedFrame>) async throws -> Tally {
    var tally = Tally()
    var order = Resequencer(lanes: machines.count)
    var done = 0
    while let popped = try await input.pop() {
      for ready in order.take(popped.element) {
        measures.waited(.track, popped.waited &+ ready.held)
        try await handle(ready.frame, &tally)
        witness?(ready.frame)
        window.leave(ready.frame.keptBytes)
        done += 1
        progress(done)
      }
    }
    guard order.waiting == 0 else {
      throw PipelineError(
        .internalFault, "\(order.waiting) frames never came in order; please report this")
    }
    for camera in machines.indices {
      let events = machines[camera].finish()
      board.closed(events)
      // What closes at the end was caused by no frame: it counts for no latency.
      try await submit(events, checkpoint: nil, cause: nil)
      tally.sightings.add(machines[camera].counts)
    }
    return tally
  }

  private mutating func handle(_ processed: ProcessedFrame, _ tally: inout Tally) async throws {
    let start = Monotonic.now()
    let ticket = processed.ticket
    let frame = ticket.frame
    let camera = ticket.camera
    let events: [SightingEvent]
    let door: FrameBook.Door?
    switch processed.outcome {
    case .decoded(let width, let height, let warning):
      door = .decoded(isDamaged: warning != nil)
      let faces = processed.faces.map { observe($0, &tally.faces) }
      let facts = FrameFacts(
        sequence: ticket.sequence, capturedAtMicroseconds: ticket.capturedAt, width: width,
        height: height, bytes: frame.bytes, sha256: frame.sha256)
      events = machines[camera].observe(
        FrameObservation(camera: ticket.feed, frame: facts, faces: faces))
    case .failed(let error):
      door = .failed
      if tally.failures.count < 10 { tally.failures.append(error) }
      events = machines[camera].advance(to: Timestamp(microseconds: ticket.capturedAt))
    case .dropped(let reason):
      door = .dropped(.read, reason)
      events = machines[camera].advance(to: Timestamp(microseconds: ticket.capturedAt))
    case .absent:
      door = nil
      events = machines[camera].advance(to: Timestamp(microseconds: ticket.capturedAt))
    }
    let tracked = Monotonic.now()
    measures.worked(.track, tracked &- start)
    if door == nil {
      // Nothing came, so nothing took time, and no frame waits for these events to be durable.
      board.closed(events)
    } else {
      let took = processed.isDropped ? nil : tracked &- min(tracked, ticket.admittedAt)
      board.tracked(
        camera: camera, faces: tally.faces,
        overThreshold: processed.candidates(
          from: machines[camera].policy.decision.threshold), events: events, took: took)
    }
    var processed = processed
    processed.times.marks.trackStarted = start
    processed.times.marks.tracked = tracked
    // Before the bus may tell that the frame's way is over.
    if let door { try book.left(door, camera: camera) }
    let checkpoint = BusCheckpoint(
      runID: runID, camera: ticket.feed, frameSequence: ticket.sequence,
      timeMicroseconds: ticket.capturedAt, recent: machines[camera].recentSubjects)
    try await submit(events, checkpoint: checkpoint, cause: door == nil ? nil : processed)
  }

  private func observe(_ found: FrameFace, _ account: inout FaceAccount) -> FaceObservation {
    account.located += 1
    var tier = "none"
    var embedding: [Float] = []
    switch found.outcome {
    case .embedded(let row, let index):
      account.embedded += 1
      tier = embedder.tiers[index].name
      embedding = unsafe embedder.withEmbedding(row: row) { unsafe Array($0) }
    case .belowQualityFloor: account.belowQualityFloor += 1
    case .unknownMarker: account.unknownMarker += 1
    }
    let box = found.face.box
    return FaceObservation(
      box: Box(x: box.x, y: box.y, width: box.width, height: box.height),
      markerPixels: found.face.side, detectionScore: found.face.margin,
      quality: found.face.quality, tier: tier, isEmbedded: !embedding.isEmpty,
      candidates: found.candidates, embedding: embedding)
  }

  private func submit(
    _ events: [SightingEvent], checkpoint: BusCheckpoint?, cause: ProcessedFrame?
  ) async throws {
    guard !events.isEmpty || checkpoint != nil else { return }
    let now = WallClock.now()
    let timings = cause.map(Self.timings)
    let records = try events.map { try BusRecord($0.stamped(recordedAt: now, timings: timings)) }
    guard let cause else {
      return try await bus.submit(records, checkpoint: checkpoint, completion: nil)
    }
    try await bus.submit(records, checkpoint: checkpoint) {
      [latency, journeys, count = records.count] in
      guard case .success = $0, count > 0 else { return }
      latency.durable(count, since: cause.ticket.admittedAt)
      journeys?.ended(cause.end(at: Monotonic.now(), events: count))
    }
    if records.isEmpty { journeys?.ended(cause.end(at: Monotonic.now(), events: 0)) }
  }

  private static func timings(_ frame: ProcessedFrame) -> SightingData.Timings {
    func microseconds(_ nanoseconds: UInt64) -> Int { Int(nanoseconds / 1_000) }
    var timings = SightingData.Timings()
    timings.scheduledToDecode = microseconds(frame.times.untilDecode)
    timings.decode = microseconds(frame.times.decode)
    timings.embed = microseconds(frame.times.locateAndEmbed)
    timings.queueMatch = microseconds(frame.times.queuedForMatch)
    timings.match = microseconds(frame.times.match)
    let now = Monotonic.now()
    timings.total = microseconds(
      now > frame.ticket.admittedAt ? now - frame.ticket.admittedAt : 0)
    return timings
  }
}

extension ProcessedFrame {
  fileprivate var isDropped: Bool {
    if case .dropped = outcome { true } else { false }
  }

  /// Candidates of all its faces with this score or a higher one.
  fileprivate func candidates(from threshold: Double) -> Int {
    faces.reduce(0) { $0 + $1.candidates.count { Double($0.score) >= threshold } }
  }

  fileprivate func end(at time: UInt64, events: Int) -> JourneyEnd {
    let outcome: JourneyEnd.Outcome =
      switch self.outcome {
      case .decoded: .decoded
      case .failed: .failed
      case .dropped, .absent: .dropped
      }
    return JourneyEnd(
      feed: ticket.camera, outcome: outcome, isMeasured: ticket.isMeasured,
      dueAt: ticket.admittedAt, endedAt: time, marks: times.marks, events: events)
  }
}

extension SightingCounts {
  /// Adds another camera's counts.
  mutating func add(_ other: SightingCounts) {
    frames += other.frames
    outOfOrder += other.outOfOrder
    faces += other.faces
    tracks += other.tracks
    opened += other.opened
    updated += other.updated
    closed += other.closed
    alert += other.alert
    joined += other.joined
    suppressed += other.suppressed
    noMatch += other.noMatch
    lowQuality += other.lowQuality
  }
}
