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
    var lastShown: UInt64 = 0
    var shown = false
  }

  init(_ label: String, unit: String) {
    self.label = label
    self.unit = unit
  }

  func update(_ done: Int, of total: Int) {
    let now = Monotonic.now()
    let terminal = Console.errorIsTerminal
    let due = state.withLock { state -> Bool in
      let interval: UInt64 = terminal ? 100_000_000 : 5_000_000_000
      guard now - start > 1_000_000_000, now - state.lastShown > interval else { return false }
      state.lastShown = now
      state.shown = true
      return true
    }
    guard due, total > 0 else { return }
    let seconds = Double(now - start) / 1e9
    let rate = Double(done) / seconds
    let left = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    let text =
      "\(label): \(done) of \(total) \(unit) (\(done * 100 / total) %), \(Int(rate))/s, \(left) s left"
    Console.write(terminal ? "\r\u{1B}[K" + text : text + "\n", to: STDERR_FILENO)
  }

  /// Clears the line; what follows starts at the left edge.
  func finish() {
    let shown = state.withLock { $0.shown }
    if shown, Console.errorIsTerminal { Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
  }
}
