// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Synchronization

/// A log in memory to forward from.
final class FakeOutbox: OutboxStore {
  private struct State {
    var events: [StoredEvent] = []
    var offset: Int64 = 0
    var version = 0
    var parked: [Int64: String] = [:]
    /// How many calls from here on find the log held by another program.
    var held = 0
  }

  private let state = Mutex(State())

  func append(_ records: [BusRecord]) {
    state.withLock { state in
      for record in records {
        state.events.append(
          StoredEvent(sequence: Int64(state.events.count + 1), record: record))
      }
      state.version += 1
    }
  }

  var parked: [Int64: String] { state.withLock { $0.parked } }
  func hold(_ calls: Int) { state.withLock { $0.held = calls } }

  private func open() throws(BusError) {
    let isHeld = state.withLock { state in
      defer { state.held = max(0, state.held - 1) }
      return state.held > 0
    }
    if isHeld { throw BusError(.locked, "the fake log is held by another program") }
  }

  func offset() -> Int64 { state.withLock { $0.offset } }

  func move(to sequence: Int64) throws(BusError) {
    try open()
    state.withLock { $0.offset = max($0.offset, sequence) }
  }

  func events(after sequence: Int64, limit: Int) throws(BusError) -> [StoredEvent] {
    try open()
    return state.withLock { Array($0.events.dropFirst(Int(sequence)).prefix(limit)) }
  }

  func count(after sequence: Int64) -> Int { state.withLock { $0.events.count - Int(sequence) } }

  func version() -> Int? { state.withLock { $0.version } }

  func park(_ events: [ParkedEvent]) throws(BusError) {
    try open()
    state.withLock { for event in events { $0.parked[event.sequence] = event.reason } }
  }
}

/// Another bus, which fails as it is told to. It drops ids it has only within its memory.
final class FakeFarBus: ForwardTarget {
  struct State {
    var stored: [BusRecord] = []
    var ids: Set<String> = []
    var lastIDs: [String: String] = [:]
    var isUp = true
    var forgets = false
    var definite: BusError?
    var random = SeededGenerator(0)
    var faults = 0.0
    /// What it says to some events for ever.
    var refuses: @Sendable (BusRecord) -> ForwardOutcome? = { _ in nil }
    /// What it stores the first time without a word.
    var swallows: Set<String> = []
    /// How many questions from here on get no answer.
    var mute = 0
    /// Places it was asked for, and what happens at each question.
    var asked = 0
    var atQuestion: @Sendable () -> Void = {}
  }

  let state: Mutex<State>
  var name: String { "fake" }

  init(seed: Int = 0, faults: Double = 0, forgets: Bool = false) {
    var state = State()
    state.random = SeededGenerator(seed)
    state.faults = faults
    state.forgets = forgets
    self.state = Mutex(state)
  }

  var ids: [String] { state.withLock { $0.stored.map(\.id) } }
  func ids(of camera: String) -> [String] {
    state.withLock { $0.stored.filter { $0.partitionKey == camera }.map(\.id) }
  }

  func takes(type: String) -> Bool { type != "test.other" }

  func place(of record: BusRecord) -> String { record.partitionKey + "/" + record.type }

  func connect(_ receiver: any ForwardReceiver) throws(BusError) -> any ForwardSession {
    let (isUp, definite) = state.withLock { ($0.isUp, $0.definite) }
    if let definite { throw definite }
    guard isUp else { throw BusError(.unreachable, "the fake bus is away") }
    return Session(bus: self, receiver: receiver)
  }

  final class Session: ForwardSession {
    let bus: FakeFarBus
    let receiver: any ForwardReceiver
    let isOver = Mutex(false)
    var description: String { "fake server" }
    var memory: Duration { bus.state.withLock { $0.forgets } ? .zero : .seconds(120) }

    init(bus: FakeFarBus, receiver: any ForwardReceiver) {
      self.bus = bus
      self.receiver = receiver
    }

    func publish(_ items: [ForwardItem]) async {
      for item in items {
        if isOver.withLock({ $0 }) { return }
        let (outcome, breaks) = bus.take(item.event.record)
        if breaks || !bus.state.withLock({ $0.isUp }) {
          isOver.withLock { $0 = true }
          receiver.lost(BusError(.unreachable, "the fake bus went away"))
          return
        }
        receiver.settled(item.ticket, outcome)
      }
    }

    func lastIDs(_ items: [ForwardItem]) async throws(BusError) -> [Int: String] {
      let atQuestion = bus.state.withLock { state in
        state.asked += items.count
        return state.atQuestion
      }
      atQuestion()
      let found: [Int: String]? = bus.state.withLock { state in
        guard state.mute == 0 else {
          state.mute -= 1
          return nil
        }
        return Dictionary(
          uniqueKeysWithValues: items.compactMap { item in
            state.lastIDs[bus.place(of: item.event.record)].map { (item.ticket, $0) }
          })
      }
      guard let found else { throw BusError(.unreachable, "the fake bus says nothing") }
      return found
    }

    func close() async { isOver.withLock { $0 = true } }
  }

  private func take(_ record: BusRecord) -> (ForwardOutcome, breaks: Bool) {
    state.withLock { state in
      func store() -> Bool {
        guard state.forgets || state.ids.insert(record.id).inserted else { return true }
        state.stored.append(record)
        state.lastIDs[place(of: record)] = record.id
        return false
      }
      let failure = ForwardOutcome.failed(BusError(.unreachable, "not acknowledged"))
      if state.swallows.remove(record.id) != nil {
        _ = store()
        return (failure, false)
      }
      if let refusal = state.refuses(record) { return (refusal, false) }
      if Double.random(in: 0..<1, using: &state.random) >= state.faults {
        return (.stored(duplicate: store()), false)
      }
      switch Int.random(in: 0..<4, using: &state.random) {
      case 0: return (failure, false)
      case 1:
        _ = store()
        return (failure, false)
      case 2:
        _ = store()
        return (failure, true)
      default: return (failure, true)
      }
    }
  }
}
