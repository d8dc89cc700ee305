// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// What a whole trial asks of the heap while it is in its stride: from the end of the first measured frame to
/// that of the last one, all threads together, the load's own included.
package final class HeapWatch: Sendable {
  private struct State {
    var first: HeapCount?
    var last = HeapCount()
    var frames = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// What was asked for since the last call, and the frames that ended meanwhile.
  package func take() -> (count: HeapCount, frames: Int) {
    state.withLock { state in
      defer { state = State() }
      return (state.first.map { state.last - $0 } ?? HeapCount(), state.frames)
    }
  }

  /// A frame has ended.
  func ended(_ end: JourneyEnd) {
    guard end.isMeasured else { return }
    state.withLock { state in
      state.last = HeapCount.ofProcess
      if state.first == nil { state.first = state.last } else { state.frames += 1 }
    }
  }
}
