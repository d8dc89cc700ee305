// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Frames
internal import Matching
internal import Sightings

/// CPU time of stages, in nanoseconds, and what they ask of the heap, over so many frames.
package struct StageCosts: Sendable {
  package fileprivate(set) var frames = 0
  package fileprivate(set) var nanoseconds: [Stage: UInt64] = [:]
  package fileprivate(set) var heap: [Stage: HeapCount] = [:]

  /// Milliseconds a frame.
  package func perFrame(_ stage: Stage) -> Double {
    Double(nanoseconds[stage] ?? 0) / 1e6 / Double(max(frames, 1))
  }
}

extension LoadTrial {
  /// What each stage costs by itself, with nothing beside it and no queue between: every frame of the set
  /// once through the stages that a worker has, on this thread; then all their probes through the matcher;
  /// then all of them through the tracker to `bus`. `publish` is told with `track`: what the log's thread
  /// takes cannot be told apart.
  ///
  /// Where the heap is counted, every frame goes twice through the stages before the tracker, and the second
  /// time counts: what they keep from frame to frame they have by then.
  ///
  /// - Parameter framesPerBatch: frames whose faces are searched together, as the pipeline had them.
  /// - Throws: what the stages throw; `CancellationError`.
  package func stagesAlone(framesPerBatch: Double, bus: TrialBus) async throws -> StageCosts {
    let hands = Hands(configuration)
    var costs = StageCosts()
    if HeapCount.isCounted {
      var frames = try workersAlone(hands, &costs)
      try await matchAlone(&frames, framesPerBatch, &costs)
      costs = StageCosts()
    }
    var frames = try workersAlone(hands, &costs)
    try await matchAlone(&frames, framesPerBatch, &costs)
    try await trackAlone(frames, bus, &costs)
    return costs
  }

  /// What a worker keeps from frame to frame.
  private struct Hands {
    let reader: FrameReader
    let decoder = JPEGDecoder()
    let buffer = PixelBuffer()
    let locator: FaceLocator

    init(_ configuration: RunConfiguration) {
      reader = FrameReader(configuration.frameSet)
      locator = FaceLocator(mode: configuration.locate, decimation: configuration.decimation)
    }
  }

  private func workersAlone(
    _ hands: Hands, _ costs: inout StageCosts
  ) throws -> [ProcessedFrame] {
    let manifest = configuration.frameSet.manifest
    let cameras = Dictionary(
      uniqueKeysWithValues: manifest.cameras.enumerated().map { ($1.id, $0) })
    let clock = ThreadClock()
    for frame in manifest.frames {
      try clock.measure(.read, &costs) { try unsafe hands.reader.withBytes(of: frame) { _ in } }
    }
    try Task.checkCancellation()
    var orders = [Int](repeating: 0, count: manifest.cameras.count)
    var processed: [ProcessedFrame] = []
    for frame in manifest.frames {
      guard let camera = cameras[frame.camera] else { continue }
      let ticket = FrameTicket(
        frame: frame, camera: camera, lane: camera, order: orders[camera],
        capturedAt: frame.capturedAt, admittedAt: Monotonic.now(), isMeasured: false)
      orders[camera] += 1
      costs.frames += 1
      do throws(FrameError) {
        let made = try unsafe hands.reader.withBytes(of: frame) { bytes throws(FrameError) in
          let decoded = try clock.measure(.decode, &costs) { () throws(FrameError) in
            try unsafe hands.decoder.decode(
              bytes, scale: configuration.scale, into: hands.buffer, frame: frame.name)
          }
          let located = clock.measure(.locate, &costs) {
            hands.locator.locate(in: decoded.pixels, scale: configuration.scale, boxes: frame.boxes)
          }
          let faces = clock.measure(.embed, &costs) {
            located.map { FrameFace(face: $0, outcome: embedder.embed($0, camera: frame.camera)) }
          }
          return ProcessedFrame(
            ticket: ticket,
            outcome: .decoded(
              width: decoded.header.width, height: decoded.header.height, warning: decoded.warning),
            faces: faces)
        }
        processed.append(made)
      } catch {
        if error.code == .digestMismatch || error.code == .unreadable { throw error }
        processed.append(ProcessedFrame(ticket: ticket, outcome: .failed(error)))
      }
      try Task.checkCancellation()
    }
    return processed
  }

  private func matchAlone(
    _ frames: inout [ProcessedFrame], _ framesPerBatch: Double, _ costs: inout StageCosts
  ) async throws {
    let searched = frames.indices.filter { frame in
      frames[frame].faces.contains { $0.row != nil }
    }
    var batch = ProbeBatch(dimension: embedder.dimension)
    var (begin, due) = (0, 0.0)
    let (start, heap) = (ProcessTime.now(), HeapCount.ofProcess)
    while begin < searched.count {
      // Batches of 1 and 2 by turns make 1.5.
      due += max(framesPerBatch, 1)
      let end = min(searched.count, max(begin + 1, Int(due.rounded())))
      batch.removeAll()
      for frame in searched[begin..<end] {
        for row in frames[frame].faces.compactMap(\.row) {
          try unsafe embedder.withEmbedding(row: row) { try unsafe batch.append($0) }
        }
      }
      let found = try await matcher.search(batch, k: configuration.candidates)
      var probe = 0
      for frame in searched[begin..<end] {
        for face in frames[frame].faces.indices where frames[frame].faces[face].row != nil {
          frames[frame].faces[face].candidates = Array(found[probe])
          probe += 1
        }
      }
      begin = end
    }
    costs.heap[.match] = HeapCount.ofProcess - heap
    costs.nanoseconds[.match] = ProcessTime.now() &- start
  }

  private func trackAlone(
    _ frames: [ProcessedFrame], _ bus: TrialBus, _ costs: inout StageCosts
  ) async throws {
    let place = try TrialLog(self, bus, names: configuration.frameSet.manifest.cameras.map(\.id))
    defer { place.close() }
    let count = max(frames.count, 1)
    let window = FlightWindow(.init(frames: count))
    let input = BoundedQueue<ProcessedFrame>(capacity: count)
    let book = FrameBook(cameras: place.machines.count, limit: count)
    for frame in frames {
      try book.entered(camera: frame.ticket.camera)
      try await window.enter()
      try await input.push(frame)
    }
    input.finish()
    var stage = TrackStage(
      embedder: embedder, runID: place.runID, machines: place.machines, bus: place.writer,
      latency: place.latency, window: window, book: book, journeys: nil, witness: nil
    ) { _ in }
    let (start, heap) = (ProcessTime.now(), HeapCount.ofProcess)
    _ = try await stage.run(from: input)
    try await place.writer.flush()
    costs.heap[.track] = HeapCount.ofProcess - heap
    costs.nanoseconds[.track] = ProcessTime.now() &- start
  }
}

extension FrameFace {
  /// The row of its embedding; `nil` when it has none.
  fileprivate var row: Int? {
    guard case .embedded(let row, _) = outcome else { return nil }
    return row
  }
}

/// CPU time of the thread that asks, with the cost of asking taken off, and what it asks of the heap.
private struct ThreadClock {
  private let overhead: UInt64

  init() {
    let asked = (0..<64).map { _ in
      let start = ThreadTime.now()
      return ThreadTime.now() &- start
    }
    overhead = asked.min() ?? 0
  }

  func measure<R, E: Error>(
    _ stage: Stage, _ costs: inout StageCosts, _ body: () throws(E) -> R
  ) throws(E) -> R {
    let heap = HeapCount.ofThread
    let start = ThreadTime.now()
    defer {
      let elapsed = ThreadTime.now() &- start
      let asked = HeapCount.ofThread - heap
      costs.heap[stage, default: HeapCount()] += asked
      costs.nanoseconds[stage, default: 0] &+= elapsed > overhead ? elapsed - overhead : 0
    }
    return try body()
  }
}
