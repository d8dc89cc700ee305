// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Latencies of a measurement, in nanoseconds: every one of the first million, and three digits of each from there
/// on, so that a run of weeks takes no more memory than one of an hour.
///
/// Recording is O(1) but for the one time when it goes over to a histogram.
package struct LatencyRecord: Sendable {
  /// Values that are kept as they are.
  package static let mostExact = 1 << 20

  /// The most bytes that a record takes.
  package static let mostBytes = mostExact * MemoryLayout<UInt64>.stride + Durations.bytes

  private let limit: Int
  private var exact: [UInt64]
  private var rounded: Durations?

  package init() { self.init(expected: 0) }

  /// - Parameters:
  ///   - expected: memory for so many, as far as they are kept, is taken and touched now, so that it is not
  ///     mistaken for what is measured.
  ///   - limit: values that are kept as they are.
  package init(expected: Int, limit: Int = mostExact) {
    self.limit = limit
    exact = [UInt64](repeating: 1, count: min(max(expected, 0), limit))
    exact.removeAll(keepingCapacity: true)
  }

  package var count: Int { rounded?.count ?? exact.count }

  /// Whether every value is there as it was recorded.
  package var isExact: Bool { rounded == nil }

  package mutating func record(_ nanoseconds: UInt64) {
    if rounded != nil {
      rounded?.record(nanoseconds)
      return
    }
    if exact.count < limit {
      exact.append(nanoseconds)
      return
    }
    var durations = Durations()
    for value in exact { durations.record(value) }
    durations.record(nanoseconds)
    rounded = durations
    // The memory is kept: what was given back would hide what something else takes.
    exact.removeAll(keepingCapacity: true)
  }

  /// All of them in order, to be asked. O(n log n) where they are exact.
  package var sorted: Sorted { Sorted(values: exact.sorted(), rounded: rounded) }

  /// Latencies in ascending order.
  package struct Sorted: Sendable {
    fileprivate let values: [UInt64]
    fileprivate let rounded: Durations?

    package var count: Int { rounded?.count ?? values.count }
    package var isEmpty: Bool { count == 0 }

    /// The value at a place, from 0; the last one for places behind it.
    package subscript(_ place: Int) -> UInt64 {
      precondition(!isEmpty && place >= 0, "no value has this place")
      let place = min(place, count - 1)
      return rounded.map { $0.value(at: place) } ?? values[place]
    }

    /// The smallest value that a share of them is at or below; `nil` if there are none.
    package func value(atShare share: Double) -> UInt64? {
      isEmpty ? nil : self[max(0, Int((share * Double(count)).rounded(.up)) - 1)]
    }

    /// How many are larger.
    package func count(above bound: UInt64) -> Int {
      if let rounded { return rounded.count - (rounded.cumulative([bound]).first ?? 0) }
      // The first that is larger, by halves.
      var (low, high) = (0, values.count)
      while low < high {
        let middle = low + (high - low) / 2
        if values[middle] > bound { high = middle } else { low = middle + 1 }
      }
      return values.count - low
    }
  }
}
