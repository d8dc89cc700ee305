// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The events between the log and another bus: a pure state machine that says which may go now and how
/// far everything has arrived.
///
/// One event of a partition key is under way at a time. So a camera keeps its order whatever fails and
/// is sent again, and at most one event of it is ever in doubt; thousands of cameras still fill the line.
/// Memory is bounded by `capacity` events and a number for each key.
package struct ForwardWindow: Sendable {
  package struct Limits: Hashable, Sendable {
    /// Events held, sent or not.
    package var capacity = 8192
    /// Events sent and not acknowledged.
    package var inFlight = 4096

    package init() {}
  }

  private struct Slot {
    let event: StoredEvent
    let key: Int
    /// The next event of the key; -1 for none so far.
    var next = -1
    var isInFlight = false
    var isDone = false
    /// Its place in the order of handing over, the last time it went.
    var order = -1
    /// Since when it may be on the other bus.
    var doubtful: ContinuousClock.Instant?
  }

  package let limits: Limits
  /// The place on the log up to which everything has arrived.
  package private(set) var arrived: Int64
  package private(set) var inFlight = 0
  /// Events handed over so far, those that went again included.
  package private(set) var handedOver = 0
  /// The place in that order of the latest event that the other bus took; -1 for none.
  package private(set) var lastTaken = -1

  /// Slots from ticket `first` on; those before `head` are spent and wait to be dropped together.
  private var slots: [Slot] = []
  private var head = 0
  private var first = 0
  private var keys: [String: Int] = [:]
  /// By key: the last event held, -1 for none.
  private var tails: [Int] = []
  /// By key: whether the other bus took an event of it in this session.
  private var served: [Bool] = []
  private var ready: [Int] = []
  private var readyHead = 0
  /// Of a session that was lost, newest first; these go before others.
  private var again: [Int] = []

  package init(limits: Limits = Limits(), after sequence: Int64) {
    self.limits = limits
    arrived = sequence
  }

  /// Events held.
  package var count: Int { slots.count - head }
  package var room: Int { max(0, limits.capacity - count) }
  /// Events that may go now, but for the limit in flight.
  package var readyCount: Int { ready.count - readyHead + again.count }

  /// Takes an event from the log, in its order; one that is not `wanted` counts as arrived. O(1).
  package mutating func add(_ event: StoredEvent, wanted: Bool = true) {
    let ticket = first + slots.count
    guard wanted else {
      slots.append(Slot(event: event, key: -1, isDone: true))
      advance()
      return
    }
    let key: Int
    if let known = keys[event.record.partitionKey] {
      key = known
    } else {
      key = tails.count
      keys[event.record.partitionKey] = key
      tails.append(-1)
      served.append(false)
    }
    if tails[key] >= 0 {
      slots[tails[key] - first].next = ticket
    } else {
      ready.append(ticket)
    }
    tails[key] = ticket
    slots.append(Slot(event: event, key: key))
  }

  /// Up to `limit` events to send now; they are in flight, and in doubt, from here on. O(their number).
  package mutating func take(_ limit: Int, at now: ContinuousClock.Instant = .now) -> [ForwardItem]
  {
    var items: [ForwardItem] = []
    let count = min(limit, limits.inFlight - inFlight, readyCount)
    guard count > 0 else { return items }
    items.reserveCapacity(count)
    while items.count < count {
      let ticket: Int
      if let oldest = again.popLast() {
        ticket = oldest
      } else {
        ticket = ready[readyHead]
        readyHead += 1
      }
      let index = ticket - first
      items.append(
        ForwardItem(
          ticket: ticket, event: slots[index].event, doubtful: slots[index].doubtful))
      slots[index].isInFlight = true
      slots[index].doubtful = slots[index].doubtful ?? now
      slots[index].order = handedOver
      handedOver += 1
    }
    inFlight += items.count
    if readyHead > 1024, readyHead * 2 > ready.count {
      ready.removeFirst(readyHead)
      readyHead = 0
    }
    return items
  }

  /// The event of `ticket` has arrived; the next of its key may go. What was `found` by asking may be of an
  /// earlier session, and does not say that events are taken now. `false` if that was known. O(1), taken
  /// over many.
  @discardableResult
  package mutating func stored(_ ticket: Int, found: Bool = false) -> Bool {
    guard settle(ticket) else { return false }
    let index = ticket - first
    if !found {
      served[slots[index].key] = true
      lastTaken = max(lastTaken, slots[index].order)
    }
    pass(index)
    return true
  }

  /// The event of `ticket` will not be taken; it stays, and the next of its key waits, until it is `parked`.
  /// `false` if it was not in flight.
  package mutating func refused(_ ticket: Int) -> Bool { settle(ticket) }

  /// The refused event of `ticket` is kept elsewhere; it counts as arrived.
  package mutating func parked(_ ticket: Int) { pass(ticket - first) }

  /// The event held under `ticket`.
  package func event(_ ticket: Int) -> StoredEvent { slots[ticket - first].event }

  /// Bytes of the event held under `ticket`.
  package func bytes(_ ticket: Int) -> Int { slots[ticket - first].event.record.body.count }

  /// Whether it is sent and not settled.
  package func isInFlight(_ ticket: Int) -> Bool {
    let index = ticket - first
    return slots.indices.contains(index) && index >= head && slots[index].isInFlight
  }

  /// Whether another event of its key was taken in this session.
  package func isServed(_ ticket: Int) -> Bool { served[slots[ticket - first].key] }

  /// The event of `ticket` was not on the other bus at `now`.
  package mutating func isAbsent(_ ticket: Int, at now: ContinuousClock.Instant) {
    slots[ticket - first].doubtful = now
  }

  private mutating func pass(_ index: Int) {
    slots[index].isDone = true
    if slots[index].next >= 0 {
      ready.append(slots[index].next)
    } else {
      tails[slots[index].key] = -1
    }
    advance()
  }

  /// The event of `ticket` has not arrived and goes again, after what waits. `false` if it was not in
  /// flight.
  @discardableResult
  package mutating func failed(_ ticket: Int) -> Bool {
    guard settle(ticket) else { return false }
    // Behind the others: an event that is refused for ever must not keep other cameras' from going.
    ready.append(ticket)
    return true
  }

  /// Nothing that is in flight will be settled: it goes again, oldest first. O(events held).
  package mutating func restart() {
    for index in head..<slots.count where slots[index].isInFlight {
      slots[index].isInFlight = false
      again.append(first + index)
    }
    again.sort(by: >)
    inFlight = 0
    for key in served.indices { served[key] = false }
  }

  /// For the oldest open event of each partition key, but for those in flight or refused: the first event of
  /// each `place` on the other bus among those of its key. O(events held).
  package func chains(_ place: (BusRecord) -> String) -> [(head: Int, items: [ForwardItem])] {
    (again.reversed() + ready[readyHead...]).map { head in
      var places: Set<String> = []
      var items: [ForwardItem] = []
      var next = head
      while next >= 0 {
        let slot = slots[next - first]
        if places.insert(place(slot.event.record)).inserted {
          items.append(ForwardItem(ticket: next, event: slot.event, doubtful: slot.doubtful))
        }
        next = slot.next
      }
      return (head, items)
    }
  }

  /// The other bus had the events `ids` last, each at its place, of the key that `ticket` is the oldest open
  /// event of. Everything of the key up to the latest of them that is held here has arrived. Returns how
  /// many. O(events held) at most.
  package mutating func found(_ ids: Set<String>, at ticket: Int) -> Int {
    var chain: [Int] = []
    var known = 0
    var next = ticket
    while next >= 0 {
      chain.append(next)
      if ids.contains(slots[next - first].event.record.id) { known = chain.count }
      next = slots[next - first].next
    }
    guard known > 0 else { return 0 }
    chain.removeLast(chain.count - known)
    next = chain[known - 1]
    let after = slots[next - first].next
    // The oldest waits in one of the two lists; its successor, if any, takes its place.
    if let index = again.firstIndex(of: ticket) {
      again.remove(at: index)
    } else if let index = ready[readyHead...].firstIndex(of: ticket) {
      ready.remove(at: index)
    }
    if after >= 0 { ready.append(after) } else { tails[slots[ticket - first].key] = -1 }
    for done in chain { slots[done - first].isDone = true }
    advance()
    return chain.count
  }

  private mutating func settle(_ ticket: Int) -> Bool {
    guard isInFlight(ticket) else { return false }
    slots[ticket - first].isInFlight = false
    inFlight -= 1
    return true
  }

  private mutating func advance() {
    while head < slots.count, slots[head].isDone {
      arrived = max(arrived, slots[head].event.sequence)
      head += 1
    }
    // Spent slots hold their events' bytes, so they are dropped soon, but not one by one.
    if head >= 1024 || head == slots.count {
      slots.removeFirst(head)
      first += head
      head = 0
    }
  }
}
