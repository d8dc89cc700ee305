// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Glibc
internal import Sightings

/// Offers frames by a schedule, from a thread of its own, and measures how late it is itself.
struct LoadSource<Schedule: FrameSchedule>: Sendable {
  let frames: [FrameSetManifest.Frame]
  let feeds: [String]
  let journeys: Journeys
  var schedule: Schedule

  /// What the generator of load did.
  struct Tally: Sendable {
    var start: UInt64 = 0
    /// When the last frame was offered.
    var end: UInt64 = 0
    /// How late it offered the frames of an open loop, in nanoseconds. Time that a full queue made it wait
    /// is not its own, and not in here.
    var lags = LatencyRecord()
    /// The same of frames to warm up.
    var warmupLags = LatencyRecord()
  }

  func run(into intake: FrameIntake) async throws -> Tally {
    var schedule = schedule
    // Threads are up by then.
    var tally = Tally(start: Monotonic.now() &+ 5_000_000)
    tally.lags = LatencyRecord(expected: schedule.expected)
    let wallStart = WallClock.now().microseconds + 5_000
    var orders = [Int](repeating: 0, count: feeds.count)
    var previous = tally.start
    /// When a queue had last made it wait.
    var free = tally.start
    while let offer = schedule.next() {
      try Task.checkCancellation()
      let due: UInt64
      switch offer.due {
      case .at(let nanoseconds):
        due = tally.start &+ nanoseconds
        try sleep(until: due)
        let now = Monotonic.now()
        let lag = now &- min(now, max(due, free))
        if offer.isMeasured { tally.lags.record(lag) } else { tally.warmupLags.record(lag) }
      case .whenIdle:
        try await journeys.idle()
        due = Monotonic.now()
      case .atOnce: due = previous
      }
      previous = due
      var entry = try await intake.place(
        camera: offer.feed, dueAt: due, isMeasured: offer.isMeasured)
      var hasWaited = entry == .afterWaiting
      if entry != .refused {
        // Frames of one feed that are offered at once still follow each other.
        let captured = offer.due == .atOnce ? Monotonic.now() : due
        let since = captured > tally.start ? Int64((captured - tally.start) / 1_000) : 0
        let ticket = FrameTicket(
          frame: frames[offer.frame], camera: offer.feed, lane: offer.feed,
          order: orders[offer.feed], capturedAt: wallStart + since, admittedAt: due,
          feed: feeds[offer.feed], sequence: offer.sequence, isMeasured: offer.isMeasured)
        orders[offer.feed] += 1
        entry = try await intake.admit(ticket)
        hasWaited = hasWaited || entry == .afterWaiting
      }
      if hasWaited { free = Monotonic.now() }
    }
    tally.end = Monotonic.now()
    return tally
  }

  /// Sleeps, in short pieces so that it can be cancelled. It blocks its thread, which has nothing else to
  /// do: timers of the runtime wake too late.
  private func sleep(until time: UInt64) throws {
    while true {
      try Task.checkCancellation()
      let now = Monotonic.now()
      if now >= time { return }
      let piece = min(time - now, 50_000_000)
      var duration = timespec(tv_sec: 0, tv_nsec: Int(piece))
      unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, nil)
    }
  }
}
