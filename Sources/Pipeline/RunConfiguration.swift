// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Faces
package import Files
package import Frames
package import Galleries

/// Which time a run lives in.
package enum RunClock: String, CaseIterable, Hashable, Sendable {
  /// Frames come as fast as they are taken; nothing is dropped; the same input gives the same events.
  case virtual
  /// Frames come at their capture times; a queue that is full gives up its oldest frame.
  case wall
}

/// Which matcher searches the gallery.
package enum MatcherChoice: String, CaseIterable, Codable, Hashable, Sendable {
  /// Sketch for a gallery of sketches, int8 for one of int8, exact for any other.
  case auto
  /// Every template at full precision.
  case exact
  /// int8 templates, then all that may be among the best exactly: the lists of exact search.
  case int8
  /// 16-byte codes first, then the best exactly.
  case sketch
}

/// How the decision threshold is set.
package enum ThresholdRule: Hashable, Sendable {
  /// A cosine, given outright.
  case fixed(Double)
  /// The cosine at which the population model expects this FPIR at the gallery's size.
  case fpir(Double)
}

/// Everything that decides what a run does.
package struct RunConfiguration: Sendable {
  package var frameSet: FrameSet
  package var gallery: GalleryArgument
  package var matcher: MatcherChoice = .auto
  package var threshold: ThresholdRule = .fpir(0.003)
  /// Candidates a search returns and an event carries.
  package var candidates = 5
  /// When tracks end, and what of them makes a sighting.
  package var decision = DecisionSettings()
  package var scale: DecodeScale = .full
  package var locate: LocateMode = .frame
  package var decimation = 2.0
  package var clock: RunClock = .virtual
  /// Name of the installation in every event's source.
  package var deployment = "local"
  /// Decoding workers and matcher threads; the results do not depend on it.
  package var threads = 1
  /// Frames a queue holds, for each worker.
  package var queueFrames = 4
  /// Bounds and policy of the queue that frames come in by; `nil` for `queueFrames` a worker, the oldest
  /// given up. The virtual clock always waits, and nothing grows too old on it.
  package var intake: QueueLimits?
  /// What goes wrong meanwhile, beside what the frame set has.
  package var faults: [FaultRule] = []
  /// When a batch of searches is closed.
  package var batch = BatchLimits()
  /// Start over although an interrupted run of this configuration could be resumed.
  package var fresh = false
  /// Of all settings of the command, for its results; it decides nothing.
  package var settingsDigest: String?
  /// Publish who was really there, as events of another type, when the run has finished.
  package var publishesTruth = false

  package init(frameSet: FrameSet, gallery: GalleryArgument) {
    self.frameSet = frameSet
    self.gallery = gallery
  }

  /// What decides the events, as text; numbers of threads and queue lengths are not in it. `gallery` is
  /// the digest of the gallery as opened, so that it does not matter where it lies.
  package func canonical(gallery: SHA256Digest) -> String {
    let rule =
      switch threshold {
      case .fixed(let value): "fixed:\(value)"
      case .fpir(let value): "fpir:\(value)"
      }
    return """
      sightline-run/1
      frames=\(frameSet.digest)
      population=\(frameSet.manifest.population.digest)
      gallery=\(gallery)
      threshold=\(rule)
      candidates=\(candidates)
      scale=\(scale.rawValue)
      locate=\(locate.rawValue)
      decimation=\(decimation)
      clock=\(clock.rawValue)
      deployment=\(deployment)
      policy=\(decision.policy(threshold: 0, listed: candidates))
      software=\(SoftwareVersion.current)
      """ + faults.filter(\.kind.isOfCameras).map { "\nfault=\($0)" }.joined()
  }

  package var intakeLimits: QueueLimits {
    var limits =
      intake ?? QueueLimits(elements: queueFrames * threads, bytes: 64 << 20, policy: .dropOldest)
    if clock == .virtual {
      limits.policy = .block
      limits.maximumAge = nil
    }
    return limits
  }

  /// Bounds of frames between source and tracker: several times the first queue, so that one slow frame holds
  /// nobody up, and as many bytes.
  package var flightLimits: FlightWindow.Limits {
    let intake = intakeLimits
    // Not more than can be counted, whatever was asked for.
    let frames = min(intake.elements, .max / 8) * 4 + 64
    return FlightWindow.Limits(frames: frames, bytes: intake.bytes)
  }

  /// SHA-256 of `canonical`: in every event, and the key under which a run is resumed.
  package func digest(gallery: SHA256Digest) -> SHA256Digest {
    SHA256Digest(of: canonical(gallery: gallery))
  }
}

/// The version of the program, in events and results.
package enum SoftwareVersion {
  package static let current = "0.1.0"
}
