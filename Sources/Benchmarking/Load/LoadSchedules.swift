// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Pipeline
internal import Population

/// Feeds of one fixed rate, each beginning at a random time within its first period.
package struct CameraArrivals: Sendable {
  private let period: Double
  /// Feeds in the order of their phases.
  private let phases: [(feed: Int, start: Double)]
  private var index = 0

  package init(cameras: Int, framesPerSecond: Double, seed: UInt64) {
    precondition(cameras > 0 && framesPerSecond > 0, "cameras show frames")
    let period = 1e9 / framesPerSecond
    self.period = period
    var draws = SplitMix64(seed: SplitMix64.mixed(seed ^ 0x7068_6173_6573_0001))
    phases = (0..<cameras).map { ($0, Double(draws.next() >> 11) * 0x1p-53 * period) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }

  /// The next frame: its feed, its number in it, and nanoseconds after the start; never before the last.
  package mutating func next() -> (feed: Int, sequence: Int, time: Double) {
    defer { index += 1 }
    let (round, place) = index.quotientAndRemainder(dividingBy: phases.count)
    return (phases[place].feed, round, phases[place].start + Double(round) * period)
  }
}

/// Frames of an open loop, until what was asked for has been offered and the meter has seen enough.
struct OpenSchedule: FrameSchedule {
  enum Arrivals: Sendable {
    case cameras(CameraArrivals)
    /// Frames of one process, dealt to as many feeds in turn.
    case poisson(PoissonArrivals, feeds: Int)
  }

  var arrivals: Arrivals
  let cursor: FrameCursor
  let meter: LoadMeter
  /// Nanoseconds.
  let warmup: Double
  let measured: Double
  let expected: Int
  private var offered = 0
  private var counted = 0

  /// - Parameter planned: frames in all of the time asked for.
  init(
    _ arrivals: Arrivals, cursor: FrameCursor, meter: LoadMeter, warmup: Double, measured: Double,
    planned: Int
  ) {
    expected = planned
    self.arrivals = arrivals
    self.cursor = cursor
    self.meter = meter
    self.warmup = warmup
    self.measured = measured
  }

  mutating func next() -> FrameOffer? {
    let (feed, sequence, time) = arrival()
    if !meter.wantsMore(counted: counted, isPlanned: time < warmup + measured) { return nil }
    let isMeasured = time >= warmup
    if isMeasured { counted += 1 }
    return FrameOffer(
      due: .at(UInt64(time)), feed: feed, frame: cursor.frame(feed: feed, sequence: sequence),
      sequence: sequence, isMeasured: isMeasured)
  }

  private mutating func arrival() -> (Int, Int, Double) {
    switch arrivals {
    case .cameras(var cameras):
      defer { arrivals = .cameras(cameras) }
      return cameras.next()
    case .poisson(var process, let feeds):
      defer {
        arrivals = .poisson(process, feeds: feeds)
        offered += 1
      }
      return (offered % feeds, offered / feeds, process.next())
    }
  }
}

/// Frames of a closed loop, for a time: one of each feed when those before have ended, or without waiting.
struct ClosedSchedule: FrameSchedule {
  let feeds: Int
  let cursor: FrameCursor
  /// Frames that are offered together; `nil` for all of them.
  let together: Int?
  /// Nanoseconds.
  let warmup: UInt64
  let measured: UInt64
  /// The fewest frames.
  let least: Int
  var expected: Int { 0 }
  private var index = 0
  private var counted = 0
  private var start: UInt64?

  init(
    feeds: Int, cursor: FrameCursor, together: Int?, warmup: UInt64, measured: UInt64, least: Int
  ) {
    self.feeds = feeds
    self.cursor = cursor
    self.together = together
    self.warmup = warmup
    self.measured = measured
    self.least = least
  }

  mutating func next() -> FrameOffer? {
    let now = Monotonic.now()
    let elapsed = now &- (start ?? now)
    start = start ?? now
    let isFirst = together.map { index % $0 == 0 } ?? (index == 0)
    // A group is whole, and measured as a whole.
    if isFirst || together == nil {
      if elapsed >= warmup + measured, counted >= least { return nil }
      isMeasured = elapsed >= warmup
    }
    defer { index += 1 }
    if isMeasured { counted += 1 }
    let (sequence, feed) = index.quotientAndRemainder(dividingBy: feeds)
    return FrameOffer(
      due: isFirst ? (together == nil ? .at(0) : .whenIdle) : .atOnce, feed: feed,
      frame: cursor.frame(feed: feed, sequence: sequence), sequence: sequence,
      isMeasured: isMeasured)
  }

  private var isMeasured = false
}
