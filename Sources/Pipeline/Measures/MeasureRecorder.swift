// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// What one worker measures: for it alone to write, for anybody to read while it works.
///
/// The worker writes under a lock that nobody else holds for longer than a swap: a reader takes what has
/// gathered and leaves empty histograms in its place, so that the worker never waits for a sum or a copy.
package final class MeasureRecorder: Sendable {
  private struct Gathered {
    var total = StageMeasures()
    /// Empty, but for its memory.
    var spare = StageMeasures()
  }

  private let active = Mutex(StageMeasures())
  private let gathered = Mutex(Gathered())

  package init() {}

  package func worked(_ stage: Stage, _ nanoseconds: UInt64, frames: Int = 1) {
    active.withLock { $0.worked(stage, nanoseconds, frames: frames) }
  }

  package func waited(_ stage: Stage, _ nanoseconds: UInt64) {
    active.withLock { $0.waited(stage, nanoseconds) }
  }

  /// Runs `body` as work of `stage`.
  func measure<R, E: Error>(_ stage: Stage, _ body: () throws(E) -> R) throws(E) -> R {
    let start = Monotonic.now()
    defer { worked(stage, Monotonic.now() &- start) }
    return try body()
  }

  /// All that was measured so far. O(size of a histogram) for the reader.
  package func read() -> StageMeasures {
    gathered.withLock { gathered in
      var taken = gathered.spare
      gathered.spare = StageMeasures()
      active.withLock { swap(&$0, &taken) }
      gathered.total.add(taken)
      taken.reset()
      gathered.spare = taken
      return gathered.total
    }
  }
}
