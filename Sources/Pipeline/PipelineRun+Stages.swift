// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Frames
internal import Matching
internal import Sightings

extension PipelineRun {
  /// Starts all stages and waits until the last frame has passed the last one.
  func runStages(
    _ embedder: FaceEmbedder, _ matcher: any Matcher, _ machines: [SightingMachine],
    _ bus: any EventBus, _ latency: EventLatency, _ ticket: RunTicket
  ) async throws -> (RunOutcome, FrameSource.Tally) {
    let manifest = configuration.frameSet.manifest
    let feed = FaultedFeed(
      manifest.frames, cameras: manifest.cameras.map(\.id), rules: configuration.faults,
      seed: manifest.generator.seed)
    let source = FrameSource(
      configuration: configuration,
      resumeAfter: (ticket.resumedFrom ?? [:]).mapValues(\.frameSequence), stop: stop, feed: feed)
    let total = feed.deliveries.count
    let already = framesDone(source.resumeAfter)
    var line = StageLine(
      configuration: configuration, embedder: embedder, matcher: matcher, bus: bus,
      latency: latency, runID: ticket.runID, journeys: journeys.map { Journeys(observer: $0) }
    ) { [observer] in observer(.frames(done: already + $0, total: total)) }
    line.witness = witness
    if let monitor { line.monitor = watched(by: monitor, after: source.resumeAfter) }
    return try await line.run(machines) { try await source.run(into: $0) }
  }

  /// The monitor, told what is still to come of each camera.
  private func watched(by monitor: PipelineMonitor, after last: [String: Int]) -> LineMonitor {
    let manifest = configuration.frameSet.manifest
    var expected = [String: Int]()
    for frame in manifest.frames where frame.seq > last[frame.camera] ?? -1 {
      expected[frame.camera, default: 0] += 1
    }
    return LineMonitor(
      monitor: monitor, expected: manifest.cameras.map { expected[$0.id] ?? 0 },
      resumedAfterFrames: framesDone(last),
      plannedSeconds: configuration.plannedSeconds(after: last))
  }
}
