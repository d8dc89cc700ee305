// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
package import Sightings

/// Where a stream's events go, in order.
package protocol TrafficSink: Sendable {
  /// Takes them over; returns when there is room for more.
  func take(_ records: [BusRecord]) async throws
  /// Returns when all that was taken is where it belongs.
  func finish() async throws
}

/// Events to a bus.
package struct BusSink: TrafficSink {
  private let bus: any EventBus
  /// Records of a submission; a bus holds a few such.
  private static let batch = 512

  package init(_ bus: any EventBus) { self.bus = bus }

  package func take(_ records: [BusRecord]) async throws {
    for start in stride(from: 0, to: records.count, by: Self.batch) {
      let end = min(start + Self.batch, records.count)
      try await bus.submit(Array(records[start..<end]), checkpoint: nil, completion: nil)
    }
  }

  package func finish() async throws { try await bus.flush() }
}

/// Drives a stream: as fast as it goes on the virtual clock, at its pace on the wall's.
package struct TrafficRun: Sendable {
  /// What a run tells while it is under way.
  package enum Observation: Sendable {
    case told(events: Int, expected: Int)
    /// Events come so many seconds after their time.
    case behind(seconds: Double)
  }

  /// The time of day.
  package typealias Now = @Sendable () -> Timestamp

  package var stream: TrafficStream
  package let sink: any TrafficSink
  /// Events at the beginning that the sink has already.
  package var alreadyThere = 0
  /// The id of the last of them, so that another stream's are not taken for this one's.
  package var lastThere: String?
  package var threads = 1
  package var output = ""
  package var now: Now
  package var isStopped: @Sendable () -> Bool = { false }
  /// Takes what was there to see, chunk by chunk; it goes nowhere else.
  package var truth: @Sendable ([VisitScript]) async throws -> Void = { _ in }
  package var observer: @Sendable (Observation) -> Void = { _ in }

  package init(_ stream: TrafficStream, sink: any TrafficSink, now: @escaping Now) {
    self.stream = stream
    self.sink = sink
    self.now = now
  }

  /// Runs to the end of the stream, or until stopped.
  ///
  /// On the wall clock what is open then is closed. On the virtual one it is left as it is: the same
  /// options give the same stream, which goes on from there.
  package func execute() async throws -> TrafficSummary {
    switch stream.model.options.clock {
    case .virtual: try await executeVirtual()
    case .wall: try await executeWall()
    }
  }

  private func executeVirtual() async throws -> TrafficSummary {
    let clock = ContinuousClock()
    let start = clock.now
    var stream = stream
    var skip = alreadyThere
    var told: Int64 = 0
    // The next chunk is made while the last one is on its way.
    var sending: Task<Void, any Error>?
    let expected = Int(stream.expectedEvents(until: stream.model.options.span))
    while !isStopped(), let chunk = try await stream.nextChunk() {
      try await sending?.value
      let skipped = min(skip, chunk.records.count)
      skip -= skipped
      if skipped > 0, skip == 0, let lastThere, chunk.records[skipped - 1].id != lastThere {
        throw TrafficError(
          .busInUse,
          "\(output) holds other events beside this stream's, so it cannot go on there; give it a new file"
        )
      }
      let records = skipped == 0 ? chunk.records : Array(chunk.records[skipped...])
      sending = Task { [sink, truth] in
        try await truth(chunk.scripts)
        try await sink.take(records)
      }
      told = chunk.end
      observer(.told(events: stream.tally.events, expected: max(expected, stream.tally.events)))
    }
    try await sending?.value
    try await sink.finish()
    let tally = stream.tally
    return summary(
      stream, told,
      TrafficSummary.Sightings(opened: tally.opened, updated: tally.updated, closed: tally.closed),
      pace: nil, since: start)
  }

  private func summary(
    _ stream: TrafficStream, _ told: Int64, _ sightings: TrafficSummary.Sightings,
    pace: TrafficSummary.Pace?, since start: ContinuousClock.Instant
  ) -> TrafficSummary {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return TrafficSummary(
      stream, told: told, stopped: told < stream.model.options.span, sightings: sightings,
      pace: pace, output: output, alreadyThere: alreadyThere, threads: threads, seconds: seconds)
  }

  private func executeWall() async throws -> TrafficSummary {
    let start = ContinuousClock.now
    var pacer = TrafficPacer(sink: sink, now: now, isStopped: isStopped, observer: observer)
    var told: Int64 = 0
    var stream = stream
    let expected = Int(stream.expectedEvents(until: stream.model.options.span))
    var chunk = try await stream.nextChunk()
    while let current = chunk, !isStopped() {
      // The next second is made while this one is told.
      let behind = stream
      async let following = Self.next(behind)
      try await truth(current.scripts)
      try await pacer.tell(current.events, until: stream.model.moment(current.end))
      (stream, chunk) = try await following
      if !isStopped() { told = current.end }
      let sent = pacer.sent.events
      observer(.told(events: sent, expected: max(expected, sent)))
    }
    try await pacer.closeAll()
    try await sink.finish()
    return summary(stream, told, pacer.sent, pace: pacer.pace, since: start)
  }

  private static func next(
    _ stream: TrafficStream
  ) async throws -> (TrafficStream, TrafficStream.Chunk?) {
    var stream = stream
    let chunk = try await stream.nextChunk()
    return (stream, chunk)
  }
}
