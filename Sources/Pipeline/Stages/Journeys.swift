// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// The end of a frame's way: its events are durable or, where it caused none, the tracker has done with it.
package struct JourneyEnd: Sendable {
  package enum Outcome: Hashable, Sendable { case decoded, failed, dropped }

  package let feed: Int
  package let outcome: Outcome
  package let isMeasured: Bool
  /// When the frame was due, on the monotonic clock in nanoseconds.
  package let dueAt: UInt64
  package let endedAt: UInt64
  package let marks: FrameMarks
  /// Events that it caused.
  package let events: Int
}

/// Counts frames on their way, and tells the end of each.
package final class Journeys: Sendable {
  private struct State {
    var inFlight = 0
    var waiting: CheckedContinuation<Void, any Error>?
  }

  private let state = Mutex(State())
  private let observer: @Sendable (JourneyEnd) -> Void

  /// `observer` is called from the tracker and from the bus, from several threads; it must not block.
  package init(observer: @escaping @Sendable (JourneyEnd) -> Void) { self.observer = observer }

  func began() { state.withLock { $0.inFlight += 1 } }

  func ended(_ end: JourneyEnd) {
    observer(end)
    let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      state.inFlight -= 1
      guard state.inFlight == 0 else { return nil }
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }

  /// A frame was turned away before its way began.
  func refused(feed: Int, isMeasured: Bool, dueAt: UInt64) {
    observer(
      JourneyEnd(
        feed: feed, outcome: .dropped, isMeasured: isMeasured, dueAt: dueAt,
        endedAt: Monotonic.now(), marks: FrameMarks(), events: 0))
  }

  /// Returns when no frame is on its way; for the one source.
  func idle() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now = state.withLock { state -> Result<Void, any Error>? in
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.inFlight == 0 { return .success(()) }
          state.waiting = continuation
          return nil
        }
        if let now { continuation.resume(with: now) }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        defer { state.waiting = nil }
        return state.waiting
      }
      waiting?.resume(throwing: CancellationError())
    }
  }
}
