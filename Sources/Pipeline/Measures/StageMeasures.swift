// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Histogram

/// The stages a frame passes, in order.
package enum Stage: String, CaseIterable, Hashable, Sendable {
  case read, decode, locate, embed, match, track, publish
}

/// Durations of one kind, in nanoseconds, in an HdrHistogram: three significant digits from 1 ns to
/// one hour, fixed memory.
package struct Durations: Sendable {
  private var histogram = Histogram<UInt64>(
    lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000,
    numberOfSignificantValueDigits: .three)

  /// Nanoseconds of all together.
  package private(set) var total: UInt64 = 0

  package init() {}

  package var count: Int { Int(histogram.totalCount) }

  package mutating func record(_ nanoseconds: UInt64) {
    _ = histogram.record(min(nanoseconds, 3_600_000_000_000))
    total &+= nanoseconds
  }

  package mutating func add(_ other: Durations) {
    histogram.add(other.histogram)
    total &+= other.total
  }

  /// The value at a percentile (0 ... 100), in milliseconds; 0 when nothing was recorded.
  package func milliseconds(atPercentile percentile: Double) -> Double {
    count == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / 1e6
  }
}

/// What one worker measured: time in queues apart from time at work, by stage.
///
/// Not shared while it records; workers' measures are merged as histograms when they are done, since
/// percentiles cannot be averaged.
package struct StageMeasures: Sendable {
  package private(set) var work: [Stage: Durations] = [:]
  package private(set) var wait: [Stage: Durations] = [:]
  /// Nanoseconds in which the stage was at work; work on several frames at once counts once.
  package private(set) var busy: [Stage: UInt64] = [:]

  package init() {}

  package mutating func worked(_ stage: Stage, _ nanoseconds: UInt64) {
    worked(stage, nanoseconds, frames: 1)
  }

  /// `nanoseconds` of work on `frames` frames together: it is the time of each of them.
  package mutating func worked(_ stage: Stage, _ nanoseconds: UInt64, frames: Int) {
    for _ in 0..<frames { work[stage, default: Durations()].record(nanoseconds) }
    busy[stage, default: 0] &+= nanoseconds
  }

  package mutating func waited(_ stage: Stage, _ nanoseconds: UInt64) {
    wait[stage, default: Durations()].record(nanoseconds)
  }

  /// Runs `body` as work of `stage`.
  package mutating func measure<R, E: Error>(
    _ stage: Stage, _ body: () throws(E) -> R
  ) throws(E) -> R {
    let start = Monotonic.now()
    defer { worked(stage, Monotonic.now() &- start) }
    return try body()
  }

  package mutating func add(_ other: StageMeasures) {
    for (stage, durations) in other.work { work[stage, default: Durations()].add(durations) }
    for (stage, durations) in other.wait { wait[stage, default: Durations()].add(durations) }
    for (stage, nanoseconds) in other.busy { busy[stage, default: 0] &+= nanoseconds }
  }
}
