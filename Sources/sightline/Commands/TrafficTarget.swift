// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Pipeline
internal import Population
internal import Sightings
internal import Traffic

/// Where a stream goes, opened, and what is there already.
struct TrafficTarget {
  let name: String
  let sink: any TrafficSink
  let runID: String
  var lastSequence: [String: Int64] = [:]
  /// Events of this very stream that an interrupted run has left there.
  var alreadyThere = 0
  /// The id of the last of them.
  var lastThere: String?
  private var log: SQLiteLog?
  private var lines: LineOutput?
  /// What carries the events on from the log, and how long it may take at the end.
  private var forward: (running: RunningForward, flush: Duration)?

  private init(name: String, sink: any TrafficSink, runID: String) {
    (self.name, self.sink, self.runID) = (name, sink, runID)
  }

  /// `outbox` is the log that events for a stream wait in, `flush` how long to wait for it at the end.
  static func open(
    bus: String?, out: String, outbox: String, flush: Duration, options: TrafficOptions
  ) async throws -> Self {
    guard let bus else {
      let lines = try LineOutput(out)
      var target = Self(name: out, sink: lines, runID: options.runID)
      target.lines = lines
      return target
    }
    if bus == "null" {
      return Self(name: "null", sink: BusSink(NullBus()), runID: options.runID)
    }
    let location = try BusArgument.location(bus)
    let path =
      if case .sqlite(let path) = location { path } else {
        try BusArgument.file(outbox, "--outbox")
      }
    let log = try SQLiteLog(path)
    do {
      var target = try await open(log, name: location.description, options)
      if case .nats(let location) = location {
        ForwardProgress.warn(location)
        target.forward = (
          try await RunningForward.start(
            from: path, to: location, observer: ForwardProgress.observe), flush
        )
      }
      return target
    } catch {
      try? log.close()
      throw error
    }
  }

  private static func open(
    _ log: SQLiteLog, name: String, _ options: TrafficOptions
  ) async throws -> Self {
    let reader = try SQLiteLogReader(log.path)
    let statistics = try await reader.statistics()
    let count = statistics.count
    let known = try await reader.newestRun(keyPrefix: options.runKey)
    let newest = try await reader.newestRun(keyPrefix: "")
    var lastThere: String?
    if let last = statistics.last {
      lastThere = try await reader.events(after: last.sequence - 1, limit: 1).first?.record.id
    }
    try reader.close()
    if options.clock == .virtual, count > 0 {
      guard let known, newest?.key == options.runKey else {
        throw TrafficError(
          .busInUse,
          "\(log.path) holds other events, and a stream of the virtual clock is whole by itself; "
            + "give it a new file")
      }
      // What is there counts as the beginning of the stream.
      guard statistics.last?.sequence == Int64(count) else {
        throw TrafficError(
          .busInUse,
          "\(log.path) keeps only a part of its events, so the stream cannot go on in it; give it a new file"
        )
      }
      guard known.state != RunEnd.finished.rawValue else {
        throw TrafficError(
          .busInUse, "\(log.path) holds this very stream already; give another seed and a new file")
      }
    }
    var limits = WriterLimits()
    // A commit costs one sync: few large ones. On the wall clock the interval comes first.
    limits.flushRecords = 2048
    let writer = GroupCommitWriter(log: log, limits: limits)
    let ticket = try log.beginRun(
      key: options.runKey, facts: try facts(options).json(), fresh: false)
    var target = Self(name: name, sink: BusSink(writer), runID: ticket.runID)
    target.log = log
    switch options.clock {
    case .virtual: (target.alreadyThere, target.lastThere) = (count, lastThere)
    case .wall:
      let closings = try log.recovery(for: ticket).closings()
      try await writer.append(try closings.events.map { try BusRecord($0) })
      target.lastSequence = closings.lastSequence
    }
    return target
  }

  private static func facts(_ options: TrafficOptions) throws -> RunFacts {
    let impostors = Population(seed: options.populationSeed).impostors
    let threshold =
      switch options.threshold {
      case .fixed(let value): value
      case .fpir(let rate): impostors.threshold(fpir: rate, gallerySize: options.templates)
      }
    return RunFacts(
      gallerySize: options.templates, threshold: threshold,
      searchFPIR: impostors.fpir(threshold: threshold, gallerySize: options.templates))
  }

  /// Records how the stream ended, once its events are durable; of a file of which only a part was made, says
  /// where that is. Returns what was forwarded.
  func finish(stopped: Bool, _ stop: StopSignal) async throws -> ForwardReport? {
    if let part = try lines?.publish(whole: !stopped) {
      Console.note("stopped before the end: what was made is in \(part)")
    }
    guard let log else { return nil }
    try log.finishRun(runID, stopped ? .stopped : .finished)
    forward?.running.finish(within: forward?.flush ?? .zero)
    let report = await forward?.running.value(stoppedBy: stop)
    try log.close()
    return report
  }

  /// Where events are before they are on a stream.
  var outbox: String { log.map { "sqlite:\($0.path)" } ?? name }

  /// Lets go without a word: what was durable stays, and the same stream goes on from there.
  func abandon() async {
    forward?.running.finish(within: .zero)
    _ = await forward?.running.value()
    try? log?.close()
    lines?.abandon()
  }
}
