// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Sightings

/// Feeds the frames of a set into the pipeline, in order of capture.
struct FrameSource {
  let configuration: RunConfiguration
  /// Last sequence number already processed by the run that is resumed, by camera.
  let resumeAfter: [String: Int]
  let stop: StopSignal
  let feed: FaultedFeed

  /// What the source saw.
  struct Tally: Sendable {
    /// Whether it ended before the last frame because it was asked to.
    var stopped = false
    var faults = FaultBook()
    /// Frames that were brought in a second or more after they came: the process stood still.
    var late = 0
  }

  /// Brings in every frame; on the wall clock it waits for no one.
  func run(into intake: FrameIntake) async throws -> Tally {
    let manifest = configuration.frameSet.manifest
    let cameras = Dictionary(
      uniqueKeysWithValues: manifest.cameras.enumerated().map { ($1.id, $0) })
    var orders = [Int](repeating: 0, count: manifest.cameras.count)
    var next = manifest.cameras.map { (resumeAfter[$0.id] ?? -1) + 1 }
    var tally = Tally()
    let pace = configuration.clock == .wall ? Pace(first: firstCapture(manifest)) : nil
    /// When a queue had last made it wait: what came before is not late by the process's fault.
    var free: UInt64 = 0
    for delivery in feed.deliveries {
      let frame = manifest.frames[delivery.frame]
      guard let camera = cameras[frame.camera] else { continue }
      let isNew = delivery.isCopy ? frame.seq == next[camera] - 1 : frame.seq >= next[camera]
      guard isNew, frame.seq > resumeAfter[frame.camera] ?? -1 else { continue }
      if stop.isRaised {
        tally.stopped = true
        break
      }
      var (admittedAt, capturedAt): (UInt64, Int64) = (0, frame.capturedAt)
      if let pace {
        // Latency counts from the scheduled time, so that a late source cannot hide.
        (admittedAt, capturedAt) = try await pace.wait(
          for: frame.capturedAt, until: delivery.at, stop: stop)
        // Asked to stop while it waited: the frame was never captured.
        if stop.isRaised {
          tally.stopped = true
          break
        }
        if pace.lateness(of: delivery.at, since: free) >= 1_000_000_000 { tally.late += 1 }
      }
      tally.faults.struck(delivery, camera: frame.camera)
      capturedAt += delivery.shift
      if delivery.isLost {
        intake.book.missed(frame.seq + 1 - next[camera], camera: camera)
        next[camera] = frame.seq + 1
        let lane = pace == nil ? 0 : camera
        let ticket = FrameTicket(
          frame: frame, camera: camera, lane: lane, order: orders[lane], capturedAt: capturedAt,
          admittedAt: admittedAt)
        let entry = try await intake.absent(ticket)
        if entry != .refused { orders[lane] += 1 }
        if entry == .afterWaiting { free = Monotonic.now() }
        continue
      }
      let place = try await intake.place(camera: camera, dueAt: admittedAt)
      intake.book.missed(frame.seq - next[camera], camera: camera)
      next[camera] = frame.seq + 1
      guard place != .refused else { continue }
      if pace == nil { admittedAt = Monotonic.now() }
      let lane = pace == nil ? 0 : camera
      var ticket = FrameTicket(
        frame: frame, camera: camera, lane: lane, order: orders[lane], capturedAt: capturedAt,
        admittedAt: admittedAt)
      ticket.damage = delivery.damage
      orders[lane] += 1
      let entry = try await intake.admit(ticket)
      if place == .afterWaiting || entry == .afterWaiting { free = Monotonic.now() }
    }
    return tally
  }

  private func firstCapture(_ manifest: FrameSetManifest) -> Int64 {
    manifest.frames.first { $0.seq > resumeAfter[$0.camera] ?? -1 }?.capturedAt ?? 0
  }
}

/// Maps capture times to the wall: the first frame is now, the others follow at their distance.
private struct Pace {
  private let first: Int64
  private let start = Monotonic.now()
  private let wallStart = WallClock.now()

  init(first: Int64) { self.first = first }

  /// How long ago a frame came, or `free` was where that is later; in nanoseconds.
  func lateness(of comesAt: Int64, since free: UInt64) -> UInt64 {
    let due = max(free, start &+ UInt64(max(0, comesAt - first)) &* 1_000)
    let now = Monotonic.now()
    return now > due ? now - due : 0
  }

  /// Sleeps until a frame comes that was captured at `capturedAt`; returns its capture time on the
  /// monotonic clock, in nanoseconds, and as a time of day, in microseconds since 1970.
  func wait(
    for capturedAt: Int64, until comesAt: Int64, stop: StopSignal
  ) async throws -> (UInt64, Int64) {
    let since = max(0, capturedAt - first)
    let due = start &+ UInt64(max(0, comesAt - first)) &* 1_000
    while !stop.isRaised {
      let now = Monotonic.now()
      guard now < due else { break }
      // In short naps, so that a stop is noticed.
      try await Task.sleep(for: .nanoseconds(min(due - now, 50_000_000)))
    }
    return (start &+ UInt64(since) &* 1_000, wallStart.microseconds + since)
  }
}
