// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// How far reading has come; outlives sessions.
struct Pump {
  /// Events handed over at once, and read at once.
  static let batch = 1024
  static let page = 1024

  /// The last place that was read.
  var place: Int64
  /// The log's version when nothing was left to read.
  var version: Int?
  var isAtEnd = false
  var isDone = false
  /// Whether the other bus has told what it has of an earlier process's events.
  var isSettled = false
  /// Events read since the place that the offset stands at. What a crash leaves in doubt is among them,
  /// so that they must fit a window.
  var unsaved = 0

  init(place: Int64) { self.place = place }
}

extension Forwarder {
  /// Moves events over `session` until it is lost, everything has arrived and no more will come, or time
  /// is up. Throws for the outbox's own trouble.
  func pump(
    _ session: any ForwardSession, _ pump: inout Pump, _ saved: inout Int64
  ) async throws(BusError) {
    let began = clock.now
    state.withLock { state in
      state.window.restart()
      state.deniedSince = [:]
      state.permittedSince = state.window.handedOver
    }
    var savedAt = began
    // A process before us may have sent all that fits a window, and nobody here knows what of it.
    while try await read(&pump) {}
    if !pump.isSettled {
      guard await settleDoubts(session) else { return }
      pump.isSettled = true
    }
    while true {
      var worked = try await read(&pump)
      let now = clock.now
      session.giveUp(at: now)
      let (items, arrived, forwarded, isOver, held) = state.withLock { state in
        let isOver =
          state.lost != nil || state.finishBy.map { now >= $0 } ?? false
        let allowed = state.backOff.allowed - state.window.inFlight
        let items =
          isOver || !state.backOff.mayGo(now)
          ? [] : state.window.take(min(allowed, Pump.batch))
        if state.began == nil, !items.isEmpty { state.began = now }
        return (
          items, state.window.arrived, state.report.forwarded, isOver, state.window.count
        )
      }
      if isOver || Task.isCancelled { return }
      if !items.isEmpty {
        guard let absent = await settle(items, session, began: began) else { return }
        if !absent.isEmpty { await session.publish(absent) }
        worked = true
      }
      if try await park() { worked = true }
      // A moved offset is a commit that the writer waits for, so it follows a few times a second.
      if arrived > saved,
        held == 0 || pump.unsaved > limits.capacity / 2
          || savedAt.advanced(by: .milliseconds(250)) <= now
      {
        try await patiently { () async throws(BusError) in try await store.move(to: arrived) }
        saved = arrived
        pump.unsaved = held
        savedAt = now
        observer(.progress(forwarded: forwarded))
      }
      if held == 0, items.isEmpty, pump.isAtEnd, arrived == saved {
        // What was committed before the call to finish is found by one more look.
        if state.withLock({ $0.isFinishing }) {
          pump.version = nil
          pump.isDone = try await !read(&pump)
          if pump.isDone { return }
        }
      }
      if !worked { await wakeup.wait() }
    }
  }

  /// Reads a page if there is room for it and something new on the log. Whether anything came.
  @discardableResult
  private func read(_ pump: inout Pump) async throws(BusError) -> Bool {
    let room = state.withLock { min($0.window.room, $0.window.limits.capacity - pump.unsaved) }
    let page = min(Pump.page, room)
    // Not for a few: a query costs as much as many events.
    guard page >= min(Pump.page, limits.capacity / 2) else { return false }
    // The version first: what is committed between the two looks is found by the next.
    let version = try await patiently { () async throws(BusError) in try await store.version() }
    if pump.isAtEnd, let version, version == pump.version { return false }
    let place = pump.place
    let events = try await patiently { () async throws(BusError) in
      try await store.events(after: place, limit: page)
    }
    pump.isAtEnd = events.count < page
    pump.version = version
    guard let last = events.last else { return false }
    pump.place = last.sequence
    pump.unsaved += events.count
    // Mostly many of one type follow each other.
    var known = (type: "", isWanted: target.takes(type: ""))
    state.withLock { state in
      for event in events {
        if event.record.type != known.type {
          known = (event.record.type, target.takes(type: event.record.type))
        }
        let wanted = known.isWanted
        if !wanted { state.report.passedOver += 1 }
        state.window.add(event, wanted: wanted)
      }
    }
    return true
  }
}
