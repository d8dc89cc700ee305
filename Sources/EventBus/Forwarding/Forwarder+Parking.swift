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
  /// between three tries. Where permissions are by camera, an event of another camera must have been taken that
  /// was handed over after this camera's first denial; or, if none of this camera was taken in the session,
  /// since that began. What was found by asking, an earlier session may have sent: it says nothing.
  static func denied(
    _ ticket: Int, _ error: BusError, _ state: inout State, now: ContinuousClock.Instant
  ) -> Bool {
    let taken = state.taken
    let isAlone =
      if error.code == .notAllowed {
        state.window.lastTaken >= deniedSince(ticket, &state)
      } else {
        state.denials[ticket].map { $0.count >= 2 && taken > $0.taken } ?? false
      }
    if isAlone {
      state.denials[ticket] = nil
      return true
    }
    state.denials[ticket, default: (taken, 0)].count += 1
    // Others go on meanwhile; where there are none that are taken, not too fast.
    if state.takenAtDenial == taken { state.backOff.failed(now: now) }
    state.takenAtDenial = taken
    return false
  }

  /// From where on in the order of handing over another camera's event counts. The first denial of a camera sets
  /// it; an event of the camera that is taken lifts it.
  private static func deniedSince(_ ticket: Int, _ state: inout State) -> Int {
    let key = state.window.event(ticket).record.partitionKey
    if let since = state.deniedSince[key] { return since }
    // What was taken before says nothing any more, of this camera or another.
    if state.window.isServed(ticket) { state.permittedSince = state.window.handedOver }
    state.deniedSince[key] = state.permittedSince
    return state.permittedSince
  }
}
