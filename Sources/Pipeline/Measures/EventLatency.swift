// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Synchronization

/// From a frame's coming in to its events being durable, and what commits took.
final class EventLatency: Sendable {
  private let state = Mutex(State())

  struct State: Sendable {
    var latency = Durations()
    var measures = StageMeasures()
    var appended = 0
    var duplicates = 0
    /// Commits that took longer than `slow`, and the longest, in nanoseconds.
    var slowCommits = 0
    var longestCommit: UInt64 = 0
  }

  /// Nanoseconds from which a commit is worth a word.
  static let slow: UInt64 = 1_000_000_000

  func durable(_ count: Int, since admittedAt: UInt64) {
    let now = Monotonic.now()
    let elapsed = now > admittedAt ? now - admittedAt : 0
    state.withLock { state in
      for _ in 0..<count { state.latency.record(elapsed) }
    }
  }

  func committed(_ report: CommitReport) {
    state.withLock { state in
      state.appended += report.receipt.appended
      state.duplicates += report.receipt.duplicates
      let took = Self.nanoseconds(report.duration)
      state.measures.worked(.publish, took)
      state.longestCommit = max(state.longestCommit, took)
      if took > Self.slow { state.slowCommits += 1 }
      if let wait = report.longestRecordWait {
        state.measures.waited(.publish, Self.nanoseconds(wait - report.duration))
      }
    }
  }

  func read() -> State { state.withLock { $0 } }

  private static func nanoseconds(_ duration: Duration) -> UInt64 {
    let parts = duration.components
    return UInt64(max(0, parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000))
  }
}
