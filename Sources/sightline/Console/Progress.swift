// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Pipeline
internal import Reports
internal import Synchronization

/// Progress of a long step on standard error: a line that rewrites itself on a terminal, a line every
/// few seconds elsewhere, nothing for what is done within a second.
final class Progress: Sendable {
  private let label: String
  private let unit: String
  private let state = Mutex(State())

  private struct State {
    var start = Monotonic.now()
    /// What had been done then, and how long it takes from there on, where that is known.
    var before = 0
    var planned: Double?
    /// Nanoseconds after the start.
    var lastShown: UInt64 = 0
    var shown = false
  }

  init(_ label: String, unit: String) {
    self.label = label
    self.unit = unit
  }

  /// The step begins now, not when this was made: for rates and for what is left. Some may be done already, and
  /// what comes at its own pace takes so many `seconds`.
  func begin(after done: Int = 0, seconds: Double? = nil) {
    state.withLock {
      $0.start = Monotonic.now()
      $0.lastShown = 0
      $0.before = done
      $0.planned = seconds
    }
  }

  func update(_ done: Int, of total: Int) {
    let terminal = Console.errorIsTerminal
    // The time is read under the lock: calls come from many threads, and time must not run backwards
    // between them.
    let now = state.withLock { state -> (elapsed: UInt64, before: Int, planned: Double?)? in
      let elapsed = Monotonic.now() - state.start
      let interval: UInt64 = terminal ? 100_000_000 : 5_000_000_000
      guard elapsed > 1_000_000_000, elapsed - state.lastShown > interval || !state.shown else {
        return nil
      }
      state.lastShown = elapsed
      state.shown = true
      return (elapsed, state.before, state.planned)
    }
    // Never waits: who takes these calls has work to do.
    guard let now, total > 0, Console.canWrite(STDERR_FILENO) else { return }
    let seconds = Double(now.elapsed) / 1e9
    let new = max(0, done - now.before)
    let left = TimeLeft.seconds(
      done: new, of: total - now.before, elapsed: seconds, planned: now.planned)
    let text =
      "\(label): \(done) of \(total) \(unit) (\(done * 100 / total) %), \(Int(Double(new) / seconds))/s"
      + (left.map { ", \(Int($0.rounded(.up))) s left" } ?? "")
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
