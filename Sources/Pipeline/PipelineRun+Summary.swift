// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Files
internal import Frames
internal import Galleries
internal import Matching
internal import Sightings

extension PipelineRun {
  func summary(
    _ outcome: RunOutcome, stopped: Bool, late: Int, faults: [FaultTally],
    _ events: EventLatency.State, _ matcher: any Matcher,
    _ digest: SHA256Digest, _ threshold: OperatingPoint, _ ticket: RunTicket, recovered: Int,
    durability: String,
    built: Double, before: [Stage: UInt64], seconds: Double, runningSeconds: Double
  ) -> RunSummary {
    let frames = outcome.frames
    let faces = outcome.track.faces
    let counts = outcome.track.sightings
    let gallery = matcher.gallery
    var measures = outcome.measures
    measures.add(events.measures)
    let use = StageUse(
      measures, over: UInt64(max(runningSeconds, 0) * 1e9), workers: configuration.threads,
      without: before)
    return RunSummary(
      runID: ticket.runID, state: stopped ? "stopped" : "finished",
      resumed: ticket.resumedFrom != nil,
      resumedAfterFrames: framesDone((ticket.resumedFrom ?? [:]).mapValues(\.frameSequence)),
      simulated: true,
      frames: .init(
        in: frames.entered, decoded: frames.decoded, failed: frames.failed,
        dropped: frames.dropped, damaged: frames.damaged, missing: frames.missing,
        outOfOrder: counts.outOfOrder, late: late),
      faults: faults,
      drops: outcome.book.drops.map { drop, count in
        .init(
          camera: configuration.frameSet.manifest.cameras[drop.camera].id,
          stage: drop.stage.rawValue, reason: drop.reason.rawValue, count: count)
      }.sorted { ($0.camera, $0.stage, $0.reason) < ($1.camera, $1.stage, $1.reason) },
      faces: .init(
        located: faces.located, embedded: faces.embedded, rejected: faces.rejected,
        belowQualityFloor: faces.belowQualityFloor, unknownMarker: faces.unknownMarker),
      searches: outcome.match.searches,
      tracks: .init(
        total: counts.tracks, alert: counts.alert, noMatch: counts.noMatch,
        lowQuality: counts.lowQuality, joined: counts.joined),
      sightings: .init(
        opened: counts.opened, updated: counts.updated, closed: counts.closed,
        suppressed: counts.suppressed, recovered: recovered),
      stages: Stage.allCases.map { stage in
        let work = measures.work[stage] ?? .none
        let wait = measures.wait[stage] ?? .none
        return .init(
          name: stage.rawValue, count: work.count, p50MS: work.milliseconds(atPercentile: 50),
          p99MS: work.milliseconds(atPercentile: 99),
          waitP50MS: wait.milliseconds(atPercentile: 50),
          waitP99MS: wait.milliseconds(atPercentile: 99), utilisation: use.share(of: stage))
      },
      bottleneck: use.bottleneck,
      latencyMS: .init(
        count: events.latency.count, p50: events.latency.milliseconds(atPercentile: 50),
        p90: events.latency.milliseconds(atPercentile: 90),
        p99: events.latency.milliseconds(atPercentile: 99),
        p999: events.latency.milliseconds(atPercentile: 99.9)),
      gallery: .init(
        location: configuration.gallery.description, size: gallery.size,
        dimension: gallery.dimension, digest: gallery.digest.hex,
        encoding: gallery.encoding, openSeconds: built),
      matcher: .init(
        name: matcher.information.name, precision: matcher.information.precision,
        exact: matcher.information.isExact),
      threshold: .init(
        value: threshold.threshold, basis: threshold.basis, targetFPIR: threshold.target,
        searchFPIR: threshold.fpir),
      bus: .init(
        location: bus.description, appended: events.appended, duplicates: events.duplicates,
        durability: durability),
      failures: outcome.track.failures.map { .init(frame: $0.frame, reason: $0.message) },
      seconds: seconds,
      framesPerSecond: runningSeconds > 0
        ? Double(frames.entered - frames.dropped) / runningSeconds : 0,
      threads: configuration.threads, seed: configuration.frameSet.manifest.generator.seed,
      configDigest: digest.hex,
      settingsDigest: configuration.settingsDigest, softwareVersion: SoftwareVersion.current)
  }
}
