// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Frames
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
  let window: BoundedQueue<Void>
  let witness: (@Sendable (ProcessedFrame) -> Void)?
  let progress: @Sendable (_ done: Int) -> Void

  struct Tally: Sendable {
    var frames = FrameAccount()
    var faces = FaceAccount()
    var sightings = SightingCounts()
    var failures: [FrameError] = []
    var measures = StageMeasures()
  }

  mutating func run(from input: BoundedQueue<ProcessedFrame>) async throws -> Tally {
    var tally = Tally()
    var order = Resequencer(lanes: machines.count)
    var done = 0
    while let popped = try await input.pop() {
      for ready in order.take(popped.element) {
        tally.measures.waited(.track, popped.waited &+ ready.held)
        try await handle(ready.frame, &tally)
        witness?(ready.frame)
        _ = window.tryPop()
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
      // What closes at the end was caused by no frame: it counts for no latency.
      try await submit(events, checkpoint: nil, cause: nil)
      tally.sightings.add(machines[camera].counts)
    }
    return tally
  }

  private mutating func handle(_ processed: ProcessedFrame, _ tally: inout Tally) async throws {
    let start = Monotonic.now()
    let frame = processed.ticket.frame
    let camera = processed.ticket.camera
    let events: [SightingEvent]
    switch processed.outcome {
    case .decoded(let width, let height, let warning):
      tally.frames.decoded += 1
      if warning != nil { tally.frames.damaged += 1 }
      let faces = processed.faces.map { observe($0, &tally.faces) }
      let facts = FrameFacts(
        sequence: frame.seq, capturedAtMicroseconds: processed.ticket.capturedAt, width: width,
        height: height, bytes: frame.bytes, sha256: frame.sha256)
      events = machines[camera].observe(
        FrameObservation(camera: frame.camera, frame: facts, faces: faces))
    case .failed(let error):
      tally.frames.failed += 1
      if tally.failures.count < 10 { tally.failures.append(error) }
      events = machines[camera].advance(to: Timestamp(microseconds: processed.ticket.capturedAt))
    case .dropped:
      tally.frames.dropped += 1
      events = machines[camera].advance(to: Timestamp(microseconds: processed.ticket.capturedAt))
    }
    tally.measures.worked(.track, Monotonic.now() &- start)
    let checkpoint = BusCheckpoint(
      runID: runID, camera: frame.camera, frameSequence: frame.seq,
      timeMicroseconds: processed.ticket.capturedAt, recent: machines[camera].recentSubjects)
    try await submit(events, checkpoint: checkpoint, cause: processed)
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
    let admittedAt = cause?.ticket.admittedAt
    try await bus.submit(records, checkpoint: checkpoint) { [latency, count = records.count] in
      if case .success = $0, let admittedAt { latency.durable(count, since: admittedAt) }
    }
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
