// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// What the library's threads tell of a connection that is only read from.
final class ReadingTroubles: ForwardReceiver {
  private let found = Mutex<BusError?>(nil)

  /// What ended the session; `nil` while nothing did.
  var error: BusError? { found.withLock { $0 } }

  func settled(_ ticket: Int, _ outcome: ForwardOutcome) {}

  func warned(_ error: BusError) {
    // Such as an inbox that may not be listened at: no answer will come.
    if error.code == .notAllowed { lost(error) }
  }

  func lost(_ error: BusError) {
    found.withLock { found in
      // What a user must put right says more than that the connection went with it.
      if found == nil || found?.code == .unreachable { found = error }
    }
  }
}
