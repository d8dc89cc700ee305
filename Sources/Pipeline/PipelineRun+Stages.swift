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
      latency: latency, runID: ticket.runID
    ) { [observer] in observer(.frames(done: already + $0, total: total)) }
    line.witness = witness
    return try await line.run(machines) { try await source.run(into: $0) }
  }
}
