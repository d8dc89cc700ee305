// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Events that the other bus will not take are kept apart, so that they hold up nothing but themselves.
extension Forwarder {
  /// Keeps what was refused apart. Whether there was anything.
  func park() async throws(BusError) -> Bool {
    let (refused, news) = state.withLock { state in
      var news: [(id: String, error: BusError)] = []
      var refused: [(ticket: Int, event: ParkedEvent)] = []
      for (ticket, error) in state.refused {
        let event = state.window.event(ticket)
        refused.append(
          (ticket, ParkedEvent(sequence: event.sequence, reason: error.description)))
        if state.parkedCodes.insert(error.code).inserted { news.append((event.record.id, error)) }
        state.report.parkedReason = error.description
      }
      state.refused = []
      return (refused, news)
    }
    guard !refused.isEmpty else { return false }
    try await patiently { () async throws(BusError) in
      try await store.park(refused.map(\.event))
    }
    state.withLock { state in
      for (ticket, _) in refused { state.window.parked(ticket) }
      state.report.parked += refused.count
    }
    for (id, error) in news { observer(.parked(id: id, error)) }
    return true
  }

  /// An event was denied. Whether that is its own fault: then it is refused.
  ///
  /// Where all is denied, nothing is parked: somebody has to put the bus right. So others must have been taken
  /// between three tries, or, where permissions are by camera, one of another camera and none of this.
  static func denied(
    _ ticket: Int, _ error: BusError, _ state: inout State, now: ContinuousClock.Instant
  ) -> Bool {
    let key = state.window.event(ticket).record.partitionKey
    let served = state.report.forwarded
    let isAlone =
      if error.code == .notAllowed {
        state.deniedKeys.contains(key)
          || served > state.servedBefore && !state.window.isServed(ticket)
      } else {
        state.denials[ticket].map { $0.count >= 2 && served > $0.served } ?? false
      }
    if isAlone {
      state.denials[ticket] = nil
      if error.code == .notAllowed { state.deniedKeys.insert(key) }
      return true
    }
    state.denials[ticket, default: (served, 0)].count += 1
    // Others go on meanwhile; where there are none that are taken, not too fast.
    if state.servedAtDenial == served { state.backOff.failed(now: now) }
    state.servedAtDenial = served
    return false
  }
}
