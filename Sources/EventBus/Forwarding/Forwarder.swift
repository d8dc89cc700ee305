// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Brings the events of a log to another bus: at least once, in order by partition key, however often the
/// other goes away.
///
/// The offset of a named consumer of the log follows the largest place up to which everything was acknowledged; after a
/// crash all after it is sent again, and the other bus drops by id what it has.
package final class Forwarder: Sendable {
  struct State {
    var window: ForwardWindow
    var backOff: BackOff
    var report: ForwardReport
    var lost: BusError?
    var troubleTold: ContinuousClock.Instant?
    var trouble: BusError?
    var finishBy: ContinuousClock.Instant?
    var isFinishing = false
    var session: (any ForwardSession)?
    /// When the other bus last acknowledged; `nil` before it ever did.
    var heard: ContinuousClock.Instant?
    /// When the first event was handed over.
    var began: ContinuousClock.Instant?
  }

  let store: any OutboxStore
  let target: any ForwardTarget
  let observer: @Sendable (ForwardObservation) -> Void
  let clock = ContinuousClock()
  let limits: ForwardWindow.Limits
  let state: Mutex<State>
  let wakeup = Wakeup()

  package init(
    from store: any OutboxStore, to target: any ForwardTarget,
    limits: ForwardWindow.Limits = .init(),
    observer: @escaping @Sendable (ForwardObservation) -> Void = { _ in }
  ) {
    self.store = store
    self.target = target
    self.limits = limits
    self.observer = observer
    state = Mutex(
      State(
        window: ForwardWindow(limits: limits, after: 0), backOff: BackOff(full: limits.inFlight),
        report: ForwardReport(target: target.name)))
  }

  /// Connects for the first time. Throws what a user must put right; a bus that merely does not answer is
  /// tried again by `run`, while events wait in the log.
  package func connect() async throws(BusError) {
    do throws(BusError) {
      try await open()
    } catch {
      guard error.code == .unreachable else { throw error }
      tell(error)
    }
  }

  /// Forwards until told to finish, and then until everything has arrived or the time is up; or until
  /// cancelled. Throws `BusError` only for the log's own trouble.
  package func run() async throws -> ForwardReport {
    let ticker = Task { [wakeup] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(20))
        wakeup.raise()
      }
    }
    defer { ticker.cancel() }
    var place = try await store.offset()
    state.withLock { [limits] in $0.window = ForwardWindow(limits: limits, after: place) }
    var saved = place
    var pump = Pump(place: place)
    var opening = BackOff(full: 1)
    while !pump.isDone {
      let session = state.withLock { $0.session }
      if let session {
        opening = BackOff(full: 1)
        do {
          try await self.pump(session, &pump, &saved)
        } catch {
          await end(session)
          throw error
        }
        await end(session)
      } else if opening.mayGo(clock.now) {
        do throws(BusError) {
          try await open()
        } catch {
          tell(error)
          opening.failed(now: clock.now)
        }
      } else {
        await wakeup.wait()
      }
      if isTimeUp { break }
    }
    place = state.withLock { $0.window.arrived }
    if place > saved { try await store.move(to: place) }
    let session = state.withLock { state in
      defer { state.session = nil }
      return state.session
    }
    await session?.close()
    let waiting = try await store.count(after: place)
    return state.withLock { state in
      state.report.waiting = waiting
      if let began = state.began, let heard = state.heard {
        state.report.seconds = (heard - began) / .seconds(1)
      }
      state.report.trouble = waiting > 0 ? state.trouble?.description : nil
      return state.report
    }
  }

  /// No more events will come: `run` returns when all have arrived, at the latest after `limit`.
  package func finish(within limit: Duration) {
    state.withLock {
      $0.isFinishing = true
      $0.finishBy = clock.now.advanced(by: limit)
    }
    wakeup.raise()
  }

  private var isTimeUp: Bool {
    Task.isCancelled || state.withLock { $0.finishBy.map { clock.now >= $0 } ?? false }
  }

  private func end(_ session: any ForwardSession) async {
    state.withLock { $0.session = nil }
    await session.close()
  }

  private func open() async throws(BusError) {
    // Before it begins: a session may be lost as soon as it is there, and says so once.
    state.withLock { $0.lost = nil }
    let session = try await target.connect(self)
    state.withLock {
      $0.session = session
      $0.report.connections += 1
      $0.report.server = session.description
    }
    observer(.connected(session.description))
  }

  /// Tells of trouble once, and again every half minute while it lasts.
  func tell(_ error: BusError) {
    let now = clock.now
    let isNews = state.withLock { state in
      if state.trouble == error, let told = state.troubleTold, now < told.advanced(by: .seconds(30))
      {
        return false
      }
      state.trouble = error
      state.troubleTold = now
      return true
    }
    if isNews { observer(.trouble(error)) }
  }
}

extension Forwarder: ForwardReceiver {
  package func settled(_ ticket: Int, _ outcome: ForwardOutcome) {
    switch outcome {
    case .stored(let duplicate):
      let now = clock.now
      let (wakes, recovered) = state.withLock { state in
        guard state.window.stored(ticket) else { return (false, false) }
        state.backOff.succeeded()
        state.heard = now
        state.report.forwarded += 1
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
    case .failed(let error):
      let now = clock.now
      let counts = state.withLock { state in
        guard state.window.failed(ticket) else { return false }
        state.backOff.failed(now: now)
        state.report.failures += 1
        return true
      }
      if counts { tell(error) }
    }
  }

  package func warned(_ error: BusError) { tell(error) }

  package func lost(_ error: BusError) {
    tell(error)
    state.withLock { $0.lost = error }
    wakeup.raise()
  }
}
