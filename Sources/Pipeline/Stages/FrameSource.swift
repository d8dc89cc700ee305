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

  /// What the source saw.
  struct Tally: Sendable {
    /// Whether it ended before the last frame because it was asked to.
    var stopped = false
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
    for frame in manifest.frames {
      guard let camera = cameras[frame.camera], frame.seq >= next[camera] else { continue }
      if stop.isRaised {
        tally.stopped = true
        break
      }
      var (admittedAt, capturedAt): (UInt64, Int64) = (0, frame.capturedAt)
      if let pace {
        // Latency counts from the scheduled time, so that a late source cannot hide.
        (admittedAt, capturedAt) = try await pace.wait(until: frame.capturedAt, stop: stop)
      }
      let hasPlace = try await intake.place(camera: camera)
      intake.book.missed(frame.seq - next[camera], camera: camera)
      next[camera] = frame.seq + 1
      guard hasPlace else { continue }
      if pace == nil { admittedAt = Monotonic.now() }
      let lane = pace == nil ? 0 : camera
      let ticket = FrameTicket(
        frame: frame, camera: camera, lane: lane, order: orders[lane], capturedAt: capturedAt,
        admittedAt: admittedAt)
      orders[lane] += 1
      try await intake.admit(ticket)
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

  /// Sleeps until the capture time has come; returns it on the monotonic clock, in nanoseconds, and as
  /// a time of day, in microseconds since 1970.
  func wait(until capturedAt: Int64, stop: StopSignal) async throws -> (UInt64, Int64) {
    let since = max(0, capturedAt - first)
    let due = start &+ UInt64(since) &* 1_000
    while !stop.isRaised {
      let now = Monotonic.now()
      guard now < due else { break }
      // In short naps, so that a stop is noticed.
      try await Task.sleep(for: .nanoseconds(min(due - now, 50_000_000)))
    }
    return (due, wallStart.microseconds + since)
  }
}
