// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus
package import Sightings

/// A stream of sightings that nobody made: the events of a city, in order of capture time.
///
/// Made in chunks of time: walks are drawn, their visits told by as many workers as there are threads,
/// and what is due merged while the next chunk is told. Memory holds two chunks, and the visits of walks
/// under way.
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
  package let chunkLength: Int64
  private let planner: VisitPlanner
  private let shards: [TrafficShard]
  private var next = 0
  /// What the shards gave for the next chunk.
  private var ready: [TrafficShard.Output]?

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
    // Some 4,000 events: enough to share out, few enough to stay near the processor. The wall clock wants
    // them soon.
    let seconds = options.clock == .wall ? 1 : min(max((4_000 / options.rate).rounded(), 1), 600)
    let length = Int64(seconds) * 1_000_000
    planner = VisitPlanner(
      JourneyPlanner(
        options, grid: model.grid, roster: model.roster, walksPerSecond: walks, chunk: length))
    chunkLength = length
    chunks = Int((options.span + length - 1) / length)
    let count = max(1, min(threads, options.cameras))
    shards = (0..<count).map {
      TrafficShard(
        model, index: $0, of: count, lastSequence: lastSequence, keepsScripts: keepsScripts)
    }
  }

  /// The next chunk; `nil` after the last. Throws `EncodingError`, which only a fault of ours can cause.
  package mutating func nextChunk() async throws -> Chunk? {
    guard next < chunks else { return nil }
    let end = end(of: next)
    let outputs: [TrafficShard.Output]
    if let ready { outputs = ready } else { outputs = try await tell(chunk: next) }
    ready = nil
    next += 1
    // The next chunk is told while this one is put in order.
    let (stream, following) = (self, next)
    async let ahead = following < chunks ? stream.tell(chunk: following) : nil
    var chunk = Chunk(end: end)
    if model.options.clock == .virtual {
      chunk.records.reserveCapacity(outputs.reduce(0) { $0 + $1.items.count })
    }
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
    ready = try await ahead
    return chunk
  }

  private func end(of chunk: Int) -> Int64 {
    min(Int64(chunk + 1) * chunkLength, model.options.span)
  }

  private func tell(chunk: Int) async throws -> [TrafficShard.Output] {
    let end = end(of: chunk)
    var parts = [[Visit]](repeating: [], count: shards.count)
    for visit in planner.visits(chunk: chunk) {
      parts[Int(visit.camera) % shards.count].append(visit)
    }
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
