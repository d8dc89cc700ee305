// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch

/// A stream as a source of events: read by a durable consumer, in the stream's order, each event once.
///
/// What was `taken` is acknowledged, and only that: a process that dies before is told the rest again, and the
/// log drops by id what it has. A stream that goes away is waited for. Messages that are none of our events
/// are told, counted and given up for good; the others go on.
package actor JetStreamSource: EventSource {
  package let location: NATSLocation
  package let consumer: String
  /// Messages that are none of our events, so far.
  package private(set) var skipped = 0

  private let follow: Bool
  private let patience: Duration
  private let stopped: @Sendable () -> Bool
  private let observer: @Sendable (SourceObservation) -> Void
  private let clock = ContinuousClock()
  /// All calls of the library, which may block.
  private let queue = DispatchQueue(label: "sightline.nats.source")

  private var ring: ServerRing
  private var reader: StreamReader?
  /// When the stream that the places are of was made.
  private var created: Int64?
  private var order = DeliveryOrder()
  private var steps: ArraySlice<DeliveryOrder.Step> = []
  /// The last event that was handed on ...
  private var handed: Int64 = 0
  /// ... and up to where they are on the other side.
  private var taken: Int64 = 0
  /// Deliveries to acknowledge once everything up to their place is taken.
  private var held: [(number: Int64, place: Int64)] = []
  private var refused: [Int64] = []

  private var backOff = BackOff(full: 1)
  /// Since when nothing was heard of the stream.
  private var away: ContinuousClock.Instant?
  private var trouble: (error: BusError, told: ContinuousClock.Instant)?
  /// Since when nothing came.
  private var quiet: ContinuousClock.Instant?
  /// When the server was last asked how far the consumer is.
  private var looked: ContinuousClock.Instant?

  /// Without `follow` it ends with the last message, and a stream that is away for longer than `patience` is
  /// given up. Throws `badName`.
  package init(
    _ location: NATSLocation, consumer: String, follow: Bool,
    patience: Duration = .seconds(300), until stopped: @escaping @Sendable () -> Bool = { false },
    observer: @escaping @Sendable (SourceObservation) -> Void = { _ in }
  ) throws(BusError) {
    try ConsumerName.check(consumer)
    self.location = location
    self.consumer = consumer
    self.follow = follow
    self.patience = patience
    self.stopped = stopped
    self.observer = observer
    ring = ServerRing(location.servers)
  }

  /// Connects for the first time. Throws what a user must put right; a server that merely does not answer is
  /// tried again by `next`.
  package func connect() async throws(BusError) {
    do throws(BusError) {
      _ = try await session()
    } catch {
      try await lose(error)
    }
  }

  /// The next events, with their places on the stream. Waits for a while when there are none.
  package func next(limit: Int) async throws(BusError) -> [StoredEvent] {
    quiet = nil
    while !stopped() {
      do throws(BusError) {
        let reader = try await session()
        try await settle(reader)
        if steps.isEmpty {
          let wait = follow ? Duration.milliseconds(500) : .milliseconds(100)
          let deliveries = try await blocking { () throws(BusError) in
            try reader.fetch(limit, wait: wait)
          }
          steps = order.take(deliveries)[...]
        }
        let isQuiet = steps.isEmpty
        let events = try await self.events(reader, limit)
        if let last = events.last {
          handed = last.sequence
          return events
        }
        if isQuiet, try await isAtEnd(reader) { return [] }
      } catch {
        try await lose(error)
      }
    }
    return []
  }

  /// Acknowledges all up to `sequence`; if the stream is away, when it is there again.
  package func taken(through sequence: Int64) async throws(BusError) {
    taken = max(taken, sequence)
    guard let reader else { return }
    do throws(BusError) {
      try await settle(reader)
    } catch {
      try await lose(error)
    }
  }

  package func close() async {
    await drop()
  }

  // MARK: - Reading

  /// Does what is planned, until there are `limit` events or a part of the stream is to be read.
  private func events(_ reader: StreamReader, _ limit: Int) async throws(BusError) -> [StoredEvent]
  {
    var events: [StoredEvent] = []
    while events.count < limit, let step = steps.first {
      switch step {
      case .again(let delivery):
        held.append((delivery.number, delivery.message.sequence))
      case .message(let delivery):
        let place = delivery.message.sequence
        if sort(delivery.message, &events) {
          held.append((delivery.number, place))
        } else {
          refused.append(delivery.number)
        }
        order.passed(place)
      case .read(let places):
        // Should reading fail, nothing that was sorted already is lost with it.
        guard events.isEmpty else { return events }
        let (messages, last) = try await blocking { () throws(BusError) in
          try reader.read(places, limit: limit)
        }
        for message in messages { _ = sort(message, &events) }
        order.passed(last)
        if last < places.upperBound {
          steps[steps.startIndex] = .read((last + 1)...places.upperBound)
          return events
        }
      }
      steps = steps.dropFirst()
    }
    return events
  }

  /// `false` for a message that is told and skipped.
  private func sort(_ message: StreamMessage, _ events: inout [StoredEvent]) -> Bool {
    switch StreamedRecord(message, kinds: location.stream.kinds) {
    case .event(let record):
      events.append(StoredEvent(sequence: message.sequence, record: record))
    case .passedOver: break
    case .foreign(let reason):
      skipped += 1
      observer(
        .skipped(
          subject: ServerText.shown(message.subject, limit: 256), sequence: message.sequence,
          reason: reason))
      return false
    }
    return true
  }

  /// Whether there is nothing to wait for. What an earlier process was handed is given time to come again, so
  /// that it is acknowledged too.
  private func isAtEnd(_ reader: StreamReader) async throws(BusError) -> Bool {
    heard()
    let now = clock.now
    if follow, looked.map({ now - $0 < .seconds(5) }) ?? false { return true }
    looked = now
    let standing = try await blocking { () throws(BusError) in try reader.standing() }
    steps = order.catchUp(standing)[...]
    guard steps.isEmpty else { return false }
    if follow { return true }
    guard standing.waiting == 0 else { return false }
    let since = quiet ?? clock.now
    quiet = since
    return standing.open == 0 || clock.now - since > reader.acknowledgeWithin * 3
  }

  /// Settles what may be: with nothing under way that is all, such as messages that were passed over.
  private func settle(_ reader: StreamReader) async throws(BusError) {
    let place = taken >= handed ? order.place ?? 0 : taken
    let numbers = held.filter { $0.place <= place }.map { $0.number }
    let refused = refused
    guard !numbers.isEmpty || !refused.isEmpty else { return }
    try await blocking { () throws(BusError) in
      try reader.settle(taken: numbers, refused: refused)
    }
    held.removeAll { $0.place <= place }
    self.refused = []
    heard()
  }

  // MARK: - Connections

  /// The connection there is, or a new one: each server is tried once. A server that refuses us is told, if
  /// none takes us.
  private func session() async throws(BusError) -> StreamReader {
    if let reader { return reader }
    var worst: BusError?
    for server in ring.round {
      let (location, consumer) = (location, consumer)
      do throws(BusError) {
        let opened = try await blocking { () throws(BusError) in
          try StreamReader(location, server, consumer: consumer)
        }
        ring.answered(server, knows: opened.discovered)
        begin(opened)
        return opened
      } catch {
        if worst == nil || worst?.code == .unreachable { worst = error }
      }
    }
    throw worst ?? BusError(.unknownLocation, "\(location) names no server")
  }

  private func begin(_ opened: StreamReader) {
    // A stream of that name that was made anew counts from 1 again.
    let isSame = created == opened.created && opened.end >= order.place ?? 0
    if !isSame { (handed, taken) = (0, 0) }
    created = opened.created
    steps = order.begin(opened.begin, isSameStream: isSame)[...]
    reader = opened
    observer(.connected(opened.description))
  }

  /// Ends the session. Throws what a user must put right, and what has lasted too long; for the rest it tells
  /// of the trouble and waits before the next try.
  private func lose(_ error: BusError) async throws(BusError) {
    await drop()
    guard error.code == .unreachable else { throw error }
    let now = clock.now
    let since = away ?? now
    away = since
    guard follow || now - since < patience else { throw error }
    if trouble?.error != error || trouble.map({ now - $0.told > .seconds(30) }) ?? true {
      trouble = (error, now)
      observer(.trouble(error))
    }
    backOff.failed(now: now)
    while !stopped(), !backOff.mayGo(clock.now) {
      do {
        try await clock.sleep(for: .milliseconds(50))
      } catch {
        return
      }
    }
  }

  private func heard() {
    away = nil
    trouble = nil
    backOff.succeeded()
  }

  private func drop() async {
    guard let reader else { return }
    self.reader = nil
    steps = []
    held = []
    refused = []
    await withCheckedContinuation { continuation in
      queue.async {
        reader.close()
        continuation.resume()
      }
    }
  }

  /// Does `work` on the library's queue.
  private func blocking<Value: Sendable>(
    _ work: @escaping @Sendable () throws(BusError) -> Value
  ) async throws(BusError) -> Value {
    let result: Result<Value, BusError> = await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(returning: Result { () throws(BusError) in try work() })
      }
    }
    return try result.get()
  }
}
