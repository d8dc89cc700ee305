// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Pipeline
internal import Synchronization

/// What commits came to, counted as they are made.
final class CommitCounts: Sendable {
  private let receipts = Mutex(CommitReceipt())

  func add(_ receipt: CommitReceipt) {
    receipts.withLock {
      $0.appended += receipt.appended
      $0.duplicates += receipt.duplicates
    }
  }

  var appended: Int { receipts.withLock { $0.appended } }
  var duplicates: Int { receipts.withLock { $0.duplicates } }
}

/// Progress of a step whose end is not known: a line every two seconds on standard error.
final class CountProgress {
  private let label: String
  private var lastShown = Monotonic.now()
  private let start = Monotonic.now()

  init(_ label: String) { self.label = label }

  func update(_ done: Int) {
    let now = Monotonic.now()
    guard now - lastShown > 2_000_000_000 else { return }
    lastShown = now
    let rate = Int(Double(done) / (Double(now - start) / 1e9))
    let text = "\(label): \(done) events, \(rate)/s"
    _ = Console.write(Console.errorIsTerminal ? "\r\u{1B}[K" + text : text + "\n", to: 2)
  }

  func finish() {
    if Console.errorIsTerminal { _ = Console.write("\r\u{1B}[K", to: 2) }
  }
}
