// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

extension Forwarder: ForwardReceiver {
  package func settled(_ ticket: Int, _ outcome: ForwardOutcome) {
    switch outcome {
    case .stored(let duplicate): arrived(ticket, duplicate: duplicate)
    case .failed(let error):
      let now = clock.now
      let counts = state.withLock { state in
        guard state.window.failed(ticket) else { return false }
        state.backOff.failed(now: now)
        state.report.failures += 1
        return true
      }
      if counts { tell(error) }
    case .refused(let error):
      state.withLock { state in
        if state.window.refused(ticket) { state.refused.append((ticket, error)) }
      }
      wakeup.raise()
    case .denied(let error):
      let now = clock.now
      let (counts, isRefused) = state.withLock { state in
        guard state.window.isInFlight(ticket) else { return (false, false) }
        if Self.denied(ticket, error, &state, now: now) {
          _ = state.window.refused(ticket)
          state.refused.append((ticket, error))
          return (true, true)
        }
        state.window.failed(ticket)
        state.report.failures += 1
        return (true, false)
      }
      if isRefused { wakeup.raise() } else if counts { tell(error) }
    }
  }

  /// The event of `ticket` is there: taken now, or `found` by asking.
  func arrived(_ ticket: Int, duplicate: Bool, found: Bool = false) {
    let now = clock.now
    let (wakes, recovered) = state.withLock { state in
      guard state.window.isInFlight(ticket) else { return (false, false) }
      let bytes = state.window.bytes(ticket)
      if !state.deniedSince.isEmpty, !found {
        state.deniedSince[state.window.event(ticket).record.partitionKey] = nil
      }
      if !state.denials.isEmpty { state.denials[ticket] = nil }
      state.window.stored(ticket, found: found)
      if !found { state.taken += 1 }
      state.backOff.succeeded()
      state.heard = now
      state.report.forwarded += 1
      state.report.bytes += bytes
      if duplicate { state.report.duplicates += 1 }
      let recovered = state.trouble != nil
      state.trouble = nil
      return (
        // Not for a few: what is handed over together costs both sides less.
        state.window.readyCount >= state.window.inFlight, recovered
      )
    }
    if recovered { observer(.recovered) }
    if wakes { wakeup.raise() }
  }

  package func warned(_ error: BusError) { tell(error) }

  package func lost(_ error: BusError) {
    tell(error)
    state.withLock { $0.lost = error }
    wakeup.raise()
  }
}
