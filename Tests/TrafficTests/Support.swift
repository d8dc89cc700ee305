// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Sightings
import Synchronization
import Traffic

/// Small towns, and all that happens in them.
enum Town {
  static func options(_ change: (inout TrafficOptions) -> Void = { _ in }) -> TrafficOptions {
    var options = TrafficOptions()
    options.rate = 20
    options.cameras = 40
    options.people = 20_000
    options.hours = 0.1
    options.rhythm = .flat
    options.gallerySize = 100_000
    change(&options)
    return options
  }

  static func model(_ options: TrafficOptions) throws -> TrafficModel {
    try TrafficModel(options, runID: options.runID, software: "test")
  }

  struct Day {
    var records: [BusRecord] = []
    var scripts: [VisitScript] = []
    var tally: TrafficTally
    let model: TrafficModel

    func events() throws -> [SightingEvent] { try records.map { try SightingEvent(json: $0.body) } }
  }

  /// Runs a town without keeping what it gives.
  @discardableResult
  static func count(
    _ options: TrafficOptions, _ body: (TrafficStream.Chunk) -> Void
  ) async throws -> TrafficTally {
    var stream = try TrafficStream(try model(options), threads: 2)
    while let chunk = try await stream.nextChunk() { body(chunk) }
    return stream.tally
  }

  static func run(_ options: TrafficOptions, threads: Int = 2) async throws -> Day {
    let model = try model(options)
    var stream = try TrafficStream(model, threads: threads, keepsScripts: true)
    var day = Day(tally: stream.tally, model: model)
    while let chunk = try await stream.nextChunk() {
      day.records += chunk.records
      day.scripts += chunk.scripts
    }
    day.tally = stream.tally
    return day
  }
}

/// Keeps all it is given.
final class KeepingSink: TrafficSink {
  private let state = Mutex((records: [BusRecord](), finished: 0))

  var records: [BusRecord] { state.withLock { $0.records } }
  var finished: Int { state.withLock { $0.finished } }

  func take(_ records: [BusRecord]) async throws { state.withLock { $0.records += records } }

  func finish() async throws { state.withLock { $0.finished += 1 } }
}
