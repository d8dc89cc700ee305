// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline
internal import Synchronization

/// Gathers the ends of frames' ways, and says when a run of an open loop has seen enough.
package final class LoadMeter: Sendable {
  /// What a run must show.
  package enum Proof: Sendable {
    /// A first look: 99 of 100 in time, of 200 or more.
    case share
    /// The early-stopping rule.
    case earlyStopping
    /// Nothing: a closed loop, all at once, or what is to last.
    case none
  }

  /// What was measured; durations in nanoseconds.
  package struct Reading: Sendable {
    /// From the time a query was due to the end of its last frame's way.
    package fileprivate(set) var corrected = LatencyRecord()
    /// From the time a worker took the frame: what a test sees that asks again when it was answered.
    package fileprivate(set) var uncorrected = LatencyRecord()
    /// From the time a frame was due to its events' being durable, by event.
    package fileprivate(set) var events = LatencyRecord()
    /// Frames of the measured time that were too late, or dropped.
    package fileprivate(set) var late = 0
    /// Of all time.
    package fileprivate(set) var dropped = 0
    package fileprivate(set) var failed = 0
    /// Ends of the first and the last measured frame, and how many there were.
    package fileprivate(set) var firstEnd = UInt64.max
    package fileprivate(set) var lastEnd: UInt64 = 0
    package fileprivate(set) var frames = 0
    /// When the first and the last of them were due.
    package fileprivate(set) var firstDue = UInt64.max
    package fileprivate(set) var lastDue: UInt64 = 0
    package fileprivate(set) var traced: [JourneyEnd] = []

    /// Measured frames a second, by when they were due; `nil` for fewer than two.
    package var scheduledPerSecond: Double? {
      lastDue > firstDue ? Double(frames - 1) / Double(lastDue - firstDue) * 1e9 : nil
    }
  }

  private struct State {
    var reading = Reading()
    /// Of the query whose frames are ending.
    var group = 0
    var slowest: UInt64 = 0
    var slowestUncorrected: UInt64 = 0
  }

  package static let rule = EarlyStopping(percentile: 0.99)
  static let firstLook = 200
  /// An open loop ends without a proof when it has seen so many times the frames it was planned for.
  private static let patience = 4

  /// Frames of a query.
  private let group: Int
  private let bound: UInt64
  private let proof: Proof
  private let traceLimit: Int
  /// The most frames of an open loop, and the late ones after which nothing can be proved.
  private let most: Int
  private let hopeless: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - bound: nanoseconds from due to ended that a frame in time takes at most.
  ///   - planned: frames of an open loop in the time that was asked for.
  ///   - group: frames of a query.
  package init(
    bound: UInt64 = .max, proof: Proof, planned: Int = 0, group: Int = 1, traced: Int = 0
  ) {
    self.bound = bound
    switch proof {
    case .none: (most, hopeless) = (.max, .max)
    case .share:
      most = max(planned, Self.firstLook)
      hopeless = most / 100
    case .earlyStopping:
      most = Self.patience * max(planned, Self.rule.queries(late: 0))
      hopeless = Self.rule.allowedLate(of: most) ?? 0
    }
    self.proof = proof
    self.group = group
    traceLimit = traced
    guard case .none = proof, planned > 0 else { return }
    state.withLock { state in
      state.reading.corrected = LatencyRecord(expected: planned)
      state.reading.uncorrected = LatencyRecord(expected: planned)
    }
  }

  package var reading: Reading { state.withLock { $0.reading } }

  package func observe(_ end: JourneyEnd) {
    let latency = end.endedAt > end.dueAt ? end.endedAt - end.dueAt : 0
    let service = end.marks.started > 0 ? end.endedAt &- end.marks.started : 0
    state.withLock { state in
      if end.outcome == .dropped { state.reading.dropped += 1 }
      guard end.isMeasured else { return }
      if state.reading.traced.count < traceLimit { state.reading.traced.append(end) }
      if end.outcome == .dropped {
        state.reading.late += 1
        return
      }
      if end.outcome == .failed { state.reading.failed += 1 }
      state.reading.frames += 1
      state.reading.firstDue = min(state.reading.firstDue, end.dueAt)
      state.reading.lastDue = max(state.reading.lastDue, end.dueAt)
      state.reading.firstEnd = min(state.reading.firstEnd, end.endedAt)
      state.reading.lastEnd = max(state.reading.lastEnd, end.endedAt)
      for _ in 0..<end.events { state.reading.events.record(latency) }
      if latency > bound { state.reading.late += 1 }
      state.group += 1
      state.slowest = max(state.slowest, latency)
      state.slowestUncorrected = max(state.slowestUncorrected, service)
      if state.group == group {
        state.reading.corrected.record(state.slowest)
        state.reading.uncorrected.record(state.slowestUncorrected)
        (state.group, state.slowest, state.slowestUncorrected) = (0, 0, 0)
      }
    }
  }

  /// Whether an open loop is to offer one more frame, after `counted` measured ones; `isPlanned` while the
  /// time that was asked for is not over.
  func wantsMore(counted: Int, isPlanned: Bool) -> Bool {
    let (late, dropped) = state.withLock { ($0.reading.late, $0.reading.dropped) }
    if case .none = proof { return isPlanned }
    // One frame lost breaks the run, whatever else it shows.
    if dropped > 0 || late > hopeless { return false }
    switch proof {
    case .none: return false
    case .share: return isPlanned || counted < Self.firstLook
    case .earlyStopping:
      return isPlanned || (counted < Self.rule.queries(late: late) && counted < most)
    }
  }

  /// The fewest frames that prove the bound with so many late ones.
  func required(late: Int) -> Int {
    switch proof {
    case .none: 0
    case .share: max(Self.firstLook, 100 * late)
    case .earlyStopping: Self.rule.queries(late: late)
    }
  }
}
