// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Sightings

/// Sends events at their times: an open loop, so a slow sink makes them late and never makes them fewer.
struct TrafficPacer {
  private static let tick: Duration = .milliseconds(5)

  let sink: any TrafficSink
  let now: TrafficRun.Now
  let isStopped: @Sendable () -> Bool
  let observer: @Sendable (TrafficRun.Observation) -> Void
  private(set) var pace = TrafficSummary.Pace()
  private(set) var sent = TrafficSummary.Sightings(opened: 0, updated: 0, closed: 0)
  /// The last revisions of what is open, and the cameras' last numbers, as sent.
  private var open: [String: SightingEvent] = [:]
  private var sequences: [String: Int64] = [:]
  private var lastComplaint: Timestamp?

  init(
    sink: any TrafficSink, now: @escaping TrafficRun.Now, isStopped: @escaping @Sendable () -> Bool,
    observer: @escaping @Sendable (TrafficRun.Observation) -> Void
  ) {
    self.sink = sink
    self.now = now
    self.isStopped = isStopped
    self.observer = observer
  }

  /// Sends events that are in order, each when it is due or as soon after as the sink lets it; returns at
  /// `end`, or early when stopped.
  mutating func tell(_ events: [SightingEvent], until end: Timestamp) async throws {
    var next = 0
    while !isStopped() {
      let time = now()
      var records: [BusRecord] = []
      while next < events.count, events[next].time <= time, records.count < 512 {
        records.append(try record(events[next], at: time))
        next += 1
      }
      if !records.isEmpty {
        try await sink.take(records)
        continue
      }
      if next == events.count, time >= end { break }
      let due = next < events.count ? events[next].time : end
      // Not longer than a stop may wait.
      try await Task.sleep(for: min(max(due.since(time), Self.tick), .milliseconds(100)))
    }
  }

  private mutating func record(_ event: SightingEvent, at time: Timestamp) throws -> BusRecord {
    let behind = time.since(event.time) / .seconds(1)
    pace.worstSeconds = max(pace.worstSeconds, behind)
    if behind > 0.1 { pace.late += 1 }
    if behind > 1, lastComplaint.map({ time.since($0) > .seconds(5) }) ?? true {
      lastComplaint = time
      observer(.behind(seconds: behind))
    }
    return try told(event, at: time)
  }

  private mutating func told(_ event: SightingEvent, at time: Timestamp) throws -> BusRecord {
    sequences[event.partitionKey] = event.sequence
    open[event.data.sightingID] = event.data.phase == .closed ? nil : event
    switch event.data.phase {
    case .opened: sent.opened += 1
    case .updated: sent.updated += 1
    case .closed: sent.closed += 1
    }
    return try BusRecord(event.stamped(recordedAt: time))
  }

  /// Closes what is open, in the order of the cameras' names.
  mutating func closeAll() async throws {
    var records: [BusRecord] = []
    let left = open.values.sorted {
      ($0.partitionKey, $0.sequence) < ($1.partitionKey, $1.sequence)
    }
    for last in left {
      let sequence = (sequences[last.partitionKey] ?? 0) + 1
      let time = max(now(), last.time)
      guard let event = SightingEvent.closing(last, .shutdown, at: time, sequence: sequence) else {
        continue
      }
      records.append(try told(event, at: time))
    }
    try await sink.take(records)
  }
}
