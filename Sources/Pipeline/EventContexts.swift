// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Faces
internal import Files
internal import Frames
internal import Galleries
internal import Markers
internal import Matching
internal import Sightings

/// What the events of a run say alike, camera by camera.
struct EventContexts: Sendable {
  let policy: SightingPolicy
  private let configuration: RunConfiguration
  private let digest: SHA256Digest
  private let gallery: GalleryDescription
  private let matcher: MatcherInformation
  private let threshold: OperatingPoint
  private let runID: String

  init(
    _ configuration: RunConfiguration, digest: SHA256Digest, matcher: any Matcher,
    threshold: OperatingPoint, runID: String
  ) {
    self.configuration = configuration
    self.digest = digest
    gallery = matcher.gallery
    self.matcher = matcher.information
    self.threshold = threshold
    self.runID = runID
    policy = configuration.decision.policy(
      threshold: threshold.threshold, listed: configuration.candidates)
  }

  func context(for camera: FrameSetManifest.Camera) -> SightingContext {
    let version = SoftwareVersion.current
    return SightingContext(
      deployment: configuration.deployment,
      camera: .init(id: camera.id, name: camera.name),
      clock: .init(
        kind: configuration.clock == .wall ? .wall : .virtual, maximumErrorMilliseconds: 0),
      qualityMethod: LocatedFace.qualityMethod, qualityMinimum: qualityMinimum,
      gallery: .init(
        id: "synthetic-\(gallery.digest.prefix(4))", version: "\(gallery.formatVersion)",
        size: gallery.size, digest: gallery.digest.hex),
      metric: "cosine", exact: matcher.isExact, k: configuration.candidates,
      thresholdBasis: basis,
      model: .init(
        detector: .init(name: "apriltag-\(MarkerFamily.name)", version: "3"),
        embedder: .init(name: "precomputed", version: version),
        matcher: .init(name: matcher.name, version: version)),
      provenance: provenance)
  }

  var provenance: SightingData.Provenance {
    .init(
      runID: runID, configurationDigest: digest.hex,
      seed: configuration.frameSet.manifest.generator.seed,
      softwareVersion: SoftwareVersion.current)
  }

  private var basis: SightingData.ThresholdBasis {
    .init(
      method: threshold.basis, targetFPIR: threshold.target, searchFPIR: threshold.fpir,
      calibrationGallerySize: gallery.size,
      calibrationDigest: configuration.frameSet.manifest.population.digest.hex)
  }

  /// The quality of a capture that just reaches the lowest tier.
  private var qualityMinimum: Double {
    guard let floor = configuration.frameSet.manifest.tiers.last else { return 0 }
    return LocatedFace(
      marker: 0, box: .init(x: 0, y: 0, width: 0, height: 0), side: floor.minimumPixels,
      decodedSide: floor.minimumPixels, margin: floor.minimumMargin
    ).quality
  }
}
