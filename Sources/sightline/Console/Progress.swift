// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Pipeline
internal import Synchronization

/// Progress of a long step on standard error: a line that rewrites itself on a terminal, a line every
/// few seconds elsewhere, nothing for what is done within a second.
final class Progress: Sendable {
  private let label: String
  private let unit: String
  private let start = Monotonic.now()
  private let state = Mutex(State())

  private struct State {
    /// Nanoseconds after the start.
    var lastShown: UInt64 = 0
    var shown = false
  }

  init(_ label: String, unit: String) {
    self.label = label
    self.unit = unit
  }

  func update(_ done: Int, of total: Int) {
    let terminal = Console.errorIsTerminal
    // The time is read under the lock: calls come from many threads, and time must not run backwards
    // between them.
    let elapsed = state.withLock { state -> UInt64? in
      let elapsed = Monotonic.now() - start
      let interval: UInt64 = terminal ? 100_000_000 : 5_000_000_000
      guard elapsed > 1_000_000_000, elapsed - state.lastShown > interval || !state.shown else {
        return nil
      }
      state.lastShown = elapsed
      state.shown = true
      return elapsed
    }
    // Never waits: who takes these calls has work to do.
    guard let elapsed, total > 0, Console.canWrite(STDERR_FILENO) else { return }
    let seconds = Double(elapsed) / 1e9
    let rate = Double(done) / seconds
    let left = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    let text =
      "\(label): \(done) of \(total) \(unit) (\(done * 100 / total) %), \(Int(rate))/s, \(left) s left"
    _ = Console.write(terminal ? "\r\u{1B}[K" + text : text + "\n", to: STDERR_FILENO)
  }

  /// Clears the line; what follows starts at the left edge.
  func finish() {
    let shown = state.withLock { state in
      defer { state.shown = false }
      return state.shown
    }
    if shown, Console.errorIsTerminal { _ = Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
  }
}
