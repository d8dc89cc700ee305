// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
package import Sightings

/// A stream of sightings that nobody made: the events of a city, in order of capture time.
///
/// Made in chunks of time: walks are drawn, their visits told by as many workers as there are threads,
/// and what is due merged. Memory holds one chunk, and the visits of walks under way.
package struct TrafficStream: Sendable {
  /// What one chunk of time gave.
  package struct Chunk: Sendable {
    /// In order: by time, then by camera. Empty when events are to be stamped.
    package var records: [BusRecord] = []
    /// The same as events, for the wall clock.
    package var events: [SightingEvent] = []
    /// What was there to see, if asked for: by camera, then by time.
    package var scripts: [VisitScript] = []
    /// Everything up to here has been told, in microseconds after the beginning of the stream.
    package var end: Int64 = 0
  }

  package let model: TrafficModel
  /// Events a walk gives, by trial: what the rate of walks follows from.
  package let eventsPerWalk: Double
  package private(set) var tally: TrafficTally
  /// Chunks of the span.
  package let chunks: Int
  /// Length of a chunk in microseconds.
  package var chunkLength: Int64 { planner.chunk }
  private var planner: JourneyPlanner
  private let shards: [TrafficShard]
  private var next = 0

  /// Plans a stream; some .3 s, for trials. `lastSequence` is by camera's id.
  ///
  /// - Throws: `TrafficError` where the people do not suffice for the rate.
  package init(
    _ model: TrafficModel, threads: Int, lastSequence: [String: Int64] = [:],
    keepsScripts: Bool = false
  ) throws {
    self.model = model
    let options = model.options
    tally = TrafficTally(groups: model.groups.count)
    eventsPerWalk = TrafficTrial.eventsPerWalk(model)
    guard eventsPerWalk > 0 else {
      throw TrafficError(
        .badOption, "nobody would be told of: raise --mated, or lower the threshold")
    }
    let walks = options.rate / eventsPerWalk
    try Self.requirePeople(model, walksPerSecond: walks)
    // Some 16,000 events: enough to share out, little to hold. The wall clock wants them soon.
    let seconds = options.clock == .wall ? 1 : min(max((16_000 / options.rate).rounded(), 1), 600)
    planner = JourneyPlanner(
      options, grid: model.grid, roster: model.roster, walksPerSecond: walks,
      chunk: Int64(seconds) * 1_000_000)
    chunks = Int((options.span + planner.chunk - 1) / planner.chunk)
    let count = max(1, min(threads, options.cameras))
    shards = (0..<count).map {
      TrafficShard(
        model, index: $0, of: count, lastSequence: lastSequence, keepsScripts: keepsScripts)
    }
  }

  /// The next chunk; `nil` after the last. Throws `EncodingError`, which only a fault of ours can cause.
  package mutating func nextChunk() async throws -> Chunk? {
    guard next < chunks else { return nil }
    let end = min(Int64(next + 1) * planner.chunk, model.options.span)
    var parts = [[Visit]](repeating: [], count: shards.count)
    for visit in planner.visits(chunk: next) {
      parts[Int(visit.camera) % shards.count].append(visit)
    }
    next += 1
    let outputs = try await tell(parts, before: end)
    var chunk = Chunk(end: end)
    for output in outputs {
      tally.add(output.tally)
      chunk.scripts += output.scripts
    }
    chunk.scripts.sort { ($0.camera, $0.track) < ($1.camera, $1.track) }
    Self.merge(outputs.map(\.items)) { item in
      switch item.content {
      case .record(let record): chunk.records.append(record)
      case .event(let event): chunk.events.append(event)
      }
    }
    return chunk
  }

  private func tell(_ parts: [[Visit]], before end: Int64) async throws -> [TrafficShard.Output] {
    let encode = model.options.clock == .virtual
    if shards.count == 1 { return [try shards[0].tell(parts[0], before: end, encode: encode)] }
    return try await withThrowingTaskGroup(of: (Int, TrafficShard.Output).self) { group in
      for (index, shard) in shards.enumerated() {
        let part = parts[index]
        group.addTask { (index, try shard.tell(part, before: end, encode: encode)) }
      }
      var outputs = [TrafficShard.Output?](repeating: nil, count: shards.count)
      for try await (index, output) in group { outputs[index] = output }
      return outputs.compactMap { $0 }
    }
  }

  private static func merge(
    _ lists: [[TrafficShard.Item]], _ body: (TrafficShard.Item) -> Void
  ) {
    var places = [Int](repeating: 0, count: lists.count)
    while true {
      var first: Int?
      for list in lists.indices where places[list] < lists[list].count {
        guard let known = first else {
          first = list
          continue
        }
        if lists[list][places[list]].place < lists[known][places[known]].place { first = list }
      }
      guard let first else { return }
      body(lists[first][places[first]])
      places[first] += 1
    }
  }

  /// Nobody is in two places: two walks of one person must not come within the longest walk.
  private static func requirePeople(
    _ model: TrafficModel, walksPerSecond: Double
  ) throws(TrafficError) {
    let options = model.options
    let busiest =
      walksPerSecond * options.rhythm.peak(from: options.start, span: options.span)
      / options.rhythm.mean(from: options.start, span: options.span)
    let needed = busiest * Double(JourneyPlanner.longest) / 1e6
    // A shuffle keeps a sixteenth of the crowd out of the reckoning.
    guard Double(model.roster.leastBetween) >= needed else {
      let people = Int((needed * 16 / 15).rounded(.up)) + 16
      throw TrafficError(
        .badOption,
        "--people: \(options.people) people cannot make \(options.rate) events a second without being "
          + "in two places; give \(people) or more, or lower --rate")
    }
  }
}
