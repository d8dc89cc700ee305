// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Events in memory as an outbox: for what is told again from a log, which has them anyway.
package final class MemoryOutbox: OutboxStore {
  private struct State {
    /// From place `first` on.
    var events: [StoredEvent] = []
    var first: Int64 = 1
    var offset: Int64 = 0
    var version = 0
  }

  /// Events held before a taker has to wait: a window, and what is read and not said to have arrived.
  private static let capacity = 3 * ForwardWindow.Limits().capacity

  private let state = Mutex(State())

  package init() {}

  /// Takes records over; returns when there is room for more. `false` if `stopped` came before there was any.
  package func append(
    _ records: [BusRecord], until stopped: @Sendable () -> Bool
  ) async -> Bool {
    while state.withLock({ $0.events.count >= Self.capacity }) {
      if stopped() || Task.isCancelled { return false }
      try? await Task.sleep(for: .milliseconds(10))
    }
    state.withLock { state in
      for record in records {
        let place = state.first + Int64(state.events.count)
        state.events.append(StoredEvent(sequence: place, record: record))
      }
      state.version += 1
    }
    return true
  }

  package func offset() -> Int64 { state.withLock { $0.offset } }

  package func move(to sequence: Int64) {
    state.withLock { state in
      let gone = Int(sequence - state.first) + 1
      guard gone > 0 else { return }
      state.events.removeFirst(min(gone, state.events.count))
      state.first = sequence + 1
      state.offset = sequence
    }
  }

  package func events(after sequence: Int64, limit: Int) -> [StoredEvent] {
    state.withLock { state in
      Array(state.events.dropFirst(max(0, Int(sequence - state.first) + 1)).prefix(limit))
    }
  }

  package func count(after sequence: Int64) -> Int {
    state.withLock { $0.events.count - max(0, Int(sequence - $0.first) + 1) }
  }

  package func version() -> Int? { state.withLock { $0.version } }

  /// Nothing to keep: the log has them.
  package func park(_ events: [ParkedEvent]) {}
}
