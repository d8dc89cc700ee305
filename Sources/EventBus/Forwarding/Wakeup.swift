// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Lets one task wait until another thread has something for it; a call that comes before the wait is
/// not lost.
final class Wakeup: Sendable {
  private struct State {
    var isRaised = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func raise() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil { state.isRaised = true }
      return state.waiter
    }
    waiter?.resume()
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        if state.isRaised {
          state.isRaised = false
          return true
        }
        state.waiter = continuation
        return false
      }
      if goesOn { continuation.resume() }
    }
  }
}
