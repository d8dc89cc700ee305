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

  /// What a histogram takes, about.
  static let bytes = 270_000

  /// Nothing recorded; made once, since a histogram takes that much.
  package static let none = Durations()

  package var count: Int { Int(histogram.totalCount) }

  package mutating func record(_ nanoseconds: UInt64) {
    _ = histogram.record(min(nanoseconds, 3_600_000_000_000))
    total &+= nanoseconds
  }

  package mutating func add(_ other: Durations) {
    histogram.add(other.histogram)
    total &+= other.total
  }

  /// Forgets everything and keeps the memory.
  mutating func reset() {
    histogram.reset()
    total = 0
  }

  /// How many were at or below each of `bounds`, which are nanoseconds and ascend; to the histogram's three
  /// digits. O(its size).
  package func cumulative(_ bounds: [UInt64]) -> [Int] {
    var (from, sum): (UInt64, UInt64) = (0, 0)
    return bounds.map { bound in
      let end = histogram.highestEquivalentForValue(bound)
      if end >= from { sum += histogram.count(within: from...end) }
      from = end + 1
      return Int(sum)
    }
  }

  /// The value at a place of all in ascending order, from 0; to the histogram's three digits.
  func value(at place: Int) -> UInt64 {
    histogram.valueAtPercentile(100 * Double(place + 1) / Double(max(count, 1)))
  }

  /// The value at a percentile (0 ... 100), in milliseconds; 0 when nothing was recorded.
  package func milliseconds(atPercentile percentile: Double) -> Double {
    count == 0 ? 0 : Double(histogram.valueAtPercentile(percentile)) / 1e6
  }
}

/// What one worker measured: time in queues apart from time at work, by stage.
///
/// Workers' measures are merged as histograms, since percentiles cannot be averaged.
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

  /// Forgets everything and keeps the memory.
  mutating func reset() {
    for stage in Stage.allCases {
      work[stage]?.reset()
      wait[stage]?.reset()
    }
    busy.removeAll()
  }

  package mutating func add(_ other: StageMeasures) {
    for (stage, durations) in other.work { work[stage, default: Durations()].add(durations) }
    for (stage, durations) in other.wait { wait[stage, default: Durations()].add(durations) }
    for (stage, nanoseconds) in other.busy { busy[stage, default: 0] &+= nanoseconds }
  }
}
