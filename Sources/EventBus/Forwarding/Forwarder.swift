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
    /// What will not be taken, to be kept apart.
    var refused: [(ticket: Int, error: BusError)] = []
    /// Kinds of reasons that were told.
    var parkedCodes: Set<BusError.Code> = []
    /// Events that the other bus took; those found there by asking are not among them.
    var taken = 0
    /// By ticket, how many had been taken when the event was first denied, and how often it was.
    var denials: [Int: (taken: Int, count: Int)] = [:]
    /// How many had been taken when one was last denied.
    var takenAtDenial = -1
    /// By partition key that may not be published in this session: an event of another key that was handed
    /// over from this place on, and is taken, says that the rest goes on.
    var deniedSince: [String: Int] = [:]
    /// The same for a key none of which was taken: the session's begin, or where permissions changed.
    var permittedSince = 0
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
  /// cancelled, or until the outbox fails: the report says so, and what has not arrived waits there.
  package func run() async -> ForwardReport {
    let ticker = Task { [wakeup] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(20))
        wakeup.raise()
      }
    }
    defer { ticker.cancel() }
    var failure: BusError?
    do throws(BusError) {
      try await forward()
    } catch {
      failure = error
      tell(error)
    }
    if let session = state.withLock({ $0.session }) { await end(session) }
    let place = state.withLock { $0.window.arrived }
    var waiting = 0
    do throws(BusError) {
      waiting = try await store.count(after: place)
    } catch {
      failure = failure ?? error
    }
    return state.withLock { state in
      state.report.waiting = waiting
      if let began = state.began, let heard = state.heard {
        state.report.seconds = (heard - began) / .seconds(1)
      }
      state.report.trouble = waiting > 0 ? state.trouble?.description : nil
      state.report.failure = failure?.description
      return state.report
    }
  }

  private func forward() async throws(BusError) {
    let place = try await patiently { () async throws(BusError) in try await store.offset() }
    state.withLock { [limits] in $0.window = ForwardWindow(limits: limits, after: place) }
    var saved = place
    var pump = Pump(place: place)
    var opening = BackOff(full: 1)
    while !pump.isDone {
      if let session = state.withLock({ $0.session }), opening.mayGo(clock.now) {
        let before = state.withLock { $0.report.forwarded }
        try await self.pump(session, &pump, &saved)
        await end(session)
        // A session in which nothing arrived is not followed by another at once.
        if state.withLock({ $0.report.forwarded }) > before {
          opening = BackOff(full: 1)
        } else {
          opening.failed(now: clock.now)
        }
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
    _ = try await park()
    let arrived = state.withLock { $0.window.arrived }
    if arrived > saved {
      try await patiently { () async throws(BusError) in try await store.move(to: arrived) }
    }
  }

  /// Does `work` on the outbox. What another program holds for a while, such as one that compacts the file,
  /// is tried again with longer and longer pauses, until time is up.
  func patiently<Value>(
    _ work: () async throws(BusError) -> Value
  ) async throws(BusError) -> Value {
    var pause = BackOff.shortest
    var isHeld = false
    while true {
      do throws(BusError) {
        let value = try await work()
        if isHeld {
          state.withLock { $0.trouble = nil }
          observer(.recovered)
        }
        return value
      } catch {
        guard error.code == .locked, !isTimeUp else { throw error }
        isHeld = true
        tell(error)
        try? await clock.sleep(for: pause)
        pause = min(pause * 2, BackOff.longest)
      }
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

  var isTimeUp: Bool {
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
