// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus

/// What a run did: the object that `run --json` prints.
///
/// Durations are milliseconds, percentiles from merged histograms.
package struct RunSummary: Codable, Hashable, Sendable {
  package struct Frames: Codable, Hashable, Sendable {
    /// Conserved: `in` = `decoded` + `failed` + `dropped`.
    package var `in`: Int
    package var decoded: Int
    package var failed: Int
    package var dropped: Int
    /// Decoded with warning-level damage; part of `decoded`.
    package var damaged: Int
    /// Gaps in the cameras' sequence numbers; never came in.
    package var missing: Int
    /// Decoded, and passed over by the tracker since their number or time went back; part of `decoded`.
    package var outOfOrder: Int
    /// On the wall clock: brought in a second or more after they came, since the process stood still.
    package var late: Int
  }

  /// Frames of one camera given up before one stage for one reason.
  package struct Drop: Codable, Hashable, Sendable {
    package var camera: String
    package var stage: String
    /// `queue-full`, `too-old` or `in-flight`.
    package var reason: String
    package var count: Int
  }

  package struct Faces: Codable, Hashable, Sendable {
    package var located: Int
    package var embedded: Int
    /// `below_quality_floor` + `unknown_marker`.
    package var rejected: Int
    /// Failures to extract (FTX).
    package var belowQualityFloor: Int
    package var unknownMarker: Int
  }

  package struct Tracks: Codable, Hashable, Sendable {
    package var total: Int
    package var alert: Int
    package var noMatch: Int
    package var lowQuality: Int
    /// Tracks found to be a part of another's pass.
    package var joined: Int
  }

  package struct Sightings: Codable, Hashable, Sendable {
    package var opened: Int
    package var updated: Int
    package var closed: Int
    /// Tracks that would have repeated a sighting within the cool-down.
    package var suppressed: Int
    /// Sightings an interrupted run had left open, closed at the start of this one.
    package var recovered: Int
  }

  package struct Stage: Codable, Hashable, Sendable {
    package var name: String
    package var count: Int
    package var p50MS: Double
    package var p99MS: Double
    /// Time spent in the queue before the stage.
    package var waitP50MS: Double
    package var waitP99MS: Double
    /// Share of the time of its threads in which it was at work.
    package var utilisation: Double
  }

  /// From a frame's coming in (on the wall clock: its scheduled capture) to its event being durable: the
  /// percentiles that benches tell too. Of fewer than a thousand events p99.9 is the longest.
  package struct Latency: Codable, Hashable, Sendable {
    package var count: Int
    package var p50: Double
    package var p90: Double
    package var p99: Double
    package var p999: Double
  }

  package struct Gallery: Codable, Hashable, Sendable {
    /// A folder, or `procedural:N`.
    package var location: String
    package var size: Int
    package var dimension: Int
    package var digest: String
    /// `float32`, `int8` or `sketch`.
    package var encoding: String
    /// To open or draw it.
    package var openSeconds: Double
  }

  package struct Matcher: Codable, Hashable, Sendable {
    package var name: String
    package var precision: String
    /// Whether every search sees every template at full precision.
    package var exact: Bool
  }

  package struct Threshold: Codable, Hashable, Sendable {
    package var value: Double
    /// `model` when the population model chose it for `target_fpir`, else `given`.
    package var basis: String
    package var targetFPIR: Double?
    /// What the population model expects of one non-mated search at this threshold and gallery size.
    package var searchFPIR: Double
  }

  package struct Bus: Codable, Hashable, Sendable {
    package var location: String
    package var appended: Int
    package var duplicates: Int
    package var durability: String
    /// What was sent on from there to another bus, if one was named.
    package var forward: ForwardReport?
  }

  package struct Failure: Codable, Hashable, Sendable {
    package var frame: String
    package var reason: String
  }

  package var runID: String
  /// `finished` or `stopped`.
  package var state: String
  package var resumed: Bool
  /// Frames the interrupted run had handled before; the counts below are of this part alone.
  package var resumedAfterFrames: Int
  package var simulated: Bool
  package var frames: Frames
  /// Faults that were played while it ran, by camera and kind.
  package var faults: [FaultTally]
  /// What makes up `frames.dropped`.
  package var drops: [Drop]
  package var faces: Faces
  package var searches: Int
  package var tracks: Tracks
  package var sightings: Sightings
  package var stages: [Stage]
  /// The stage that is busiest for the threads it has; `nil` where no frame came.
  package var bottleneck: Bottleneck?
  package var latencyMS: Latency
  package var gallery: Gallery
  package var matcher: Matcher
  package var threshold: Threshold
  package var bus: Bus
  /// The first frames that failed, with the reason; at most ten.
  package var failures: [Failure]
  package var seconds: Double
  package var framesPerSecond: Double
  package var threads: Int
  package var seed: UInt64
  /// Of what decides the events.
  package var configDigest: String
  /// Of all settings as they were in effect, as `sightline config show` tells it.
  package var settingsDigest: String?
  /// How the run stands to the limits that were declared for it.
  package var limits: [ResultLimit.Finding]?
  package var softwareVersion: String

  private enum CodingKeys: String, CodingKey {
    case runID = "run_id"
    case resumedAfterFrames = "resumed_after_frames"
    case state, resumed, simulated, frames, faults, drops, faces, searches, tracks, sightings,
      stages, bottleneck
    case latencyMS = "latency_ms"
    case gallery, matcher, threshold, bus, failures, seconds
    case framesPerSecond = "frames_per_second"
    case threads, seed
    case configDigest = "config_digest"
    case settingsDigest = "settings_digest"
    case limits
    case softwareVersion = "software_version"
  }
}

extension RunSummary.Frames {
  private enum CodingKeys: String, CodingKey {
    case `in`, decoded, failed, dropped, damaged, missing, late
    case outOfOrder = "out_of_order"
  }
}

extension RunSummary.Faces {
  private enum CodingKeys: String, CodingKey {
    case located, embedded, rejected
    case belowQualityFloor = "below_quality_floor"
    case unknownMarker = "unknown_marker"
  }
}

extension RunSummary.Tracks {
  private enum CodingKeys: String, CodingKey {
    case total, alert, joined
    case noMatch = "no_match"
    case lowQuality = "low_quality"
  }
}

extension RunSummary.Stage {
  private enum CodingKeys: String, CodingKey {
    case name, count, utilisation
    case p50MS = "p50_ms"
    case p99MS = "p99_ms"
    case waitP50MS = "wait_p50_ms"
    case waitP99MS = "wait_p99_ms"
  }
}

extension RunSummary.Gallery {
  private enum CodingKeys: String, CodingKey {
    case location, size, dimension, digest, encoding
    case openSeconds = "open_seconds"
  }
}

extension RunSummary.Threshold {
  private enum CodingKeys: String, CodingKey {
    case value, basis
    case targetFPIR = "target_fpir"
    case searchFPIR = "search_fpir"
  }
}
