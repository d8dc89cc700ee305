// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Matching
import Sightings

/// People walking before one camera, without pixels: the tests' source of observations.
struct Scene {
  /// One person in view.
  struct Walker {
    var subject: UInt64?
    var enters: Double
    var leaves: Double
    var x: Double
    var y: Double = 300
    /// Pixels a second.
    var speed: Double
    var side: Double = 40
    var quality: Double = 0.8
    var embedded = true
    /// The genuine score; strangers get theirs from `stranger`.
    var score: Float = 0.62
    /// Seconds at which the person is hidden.
    var hidden: [ClosedRange<Double>] = []
  }

  static let threshold = 0.5
  static let camera = "cam-01"
  /// 2026-03-01T09:00:00Z.
  static let start: Int64 = 1_772_355_600_000_000

  var walkers: [Walker]
  var framesPerSecond = 5.0

  /// The frames from `from` to `to` seconds.
  func frames(from: Double = 0, to: Double) -> [FrameObservation] {
    (Int((from * framesPerSecond).rounded(.up))...Int(to * framesPerSecond)).map { number in
      let time = Double(number) / framesPerSecond
      let faces = walkers.compactMap { face($0, at: time, frame: number) }
      return FrameObservation(
        camera: Self.camera, frame: Self.facts(number, time), faces: faces)
    }
  }

  static func facts(_ number: Int, _ time: Double) -> FrameFacts {
    FrameFacts(
      sequence: number, capturedAtMicroseconds: start + Int64((time * 1e6).rounded()), width: 1280,
      height: 720, bytes: 100_000 + number, sha256: SHA256Digest(of: "frame \(number)"))
  }

  private func face(_ walker: Walker, at time: Double, frame: Int) -> FaceObservation? {
    guard time >= walker.enters, time <= walker.leaves,
      !walker.hidden.contains(where: { $0.contains(time) })
    else { return nil }
    // A pixel of jitter, from the frame number, so that nothing moves on rails.
    let jitter = Double((frame * 7919) % 5) / 2 - 1
    let x = walker.x + walker.speed * (time - walker.enters) + jitter
    // Quality wavers, so that the best captures change.
    let quality = walker.quality + Double((frame * 31) % 7) / 100
    return FaceObservation(
      box: Box(x: x, y: walker.y + jitter, width: walker.side, height: walker.side),
      markerPixels: walker.side, detectionScore: 55.5, quality: quality, tier: "B",
      isEmbedded: walker.embedded, candidates: walker.embedded ? list(walker, frame) : [])
  }

  private func list(_ walker: Walker, _ frame: Int) -> [Candidate] {
    let noise = Float((frame * 17) % 11) / 1000
    var list = (0..<9).map { rank in
      Candidate(
        subject: 900_000 + UInt64(rank * 13 + frame % 3),
        score: 0.38 - Float(rank) / 200 + noise)
    }
    if let subject = walker.subject {
      list.insert(Candidate(subject: subject, score: walker.score + noise), at: 0)
    }
    return list
  }
}

extension SightingPolicy {
  static var test: SightingPolicy {
    SightingPolicy(decision: DecisionPolicy(threshold: Scene.threshold))
  }
}

extension SightingContext {
  static func test(run: String = "run-1", clock: SightingData.Clock.Kind = .virtual) -> Self {
    SightingContext(
      deployment: "test", camera: .init(id: Scene.camera, name: "North gate"),
      clock: .init(kind: clock, maximumErrorMilliseconds: 0),
      qualityMethod: "marker-pixels", qualityMinimum: 0.25,
      gallery: .init(id: "city", version: "1", size: 1_000_000, digest: "sha256:0123"),
      metric: "cosine", exact: true, k: 10,
      thresholdBasis: .init(
        method: "model", targetFPIR: 1e-3, calibrationGallerySize: 1_000_000,
        calibrationDigest: "sha256:4567"),
      model: .init(
        detector: .init(name: "apriltag", version: "3.3.0"),
        embedder: .init(name: "precomputed", version: "1"),
        matcher: .init(name: "exact-float32", version: "1")),
      provenance: .init(
        runID: run, configurationDigest: "sha256:89ab", seed: 42, softwareVersion: "0.1.0"))
  }
}

extension SightingMachine {
  static func test(lastSequence: Int64 = 0, remembered: [RecentSubject] = []) -> SightingMachine {
    SightingMachine(
      context: .test(), policy: .test, lastSequence: lastSequence, remembered: remembered)
  }

  /// All events of the frames, and of the end if `finish`.
  mutating func run(_ frames: [FrameObservation], finish: Bool = true) -> [SightingEvent] {
    var events = frames.flatMap { observe($0) }
    if finish { events += self.finish() }
    return events
  }
}
