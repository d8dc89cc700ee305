// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Sightings

/// The truth of a frame set as events, for those who ask for it.
///
/// Made from the frame set alone and published when the run is over: no stage ever sees it.
struct PublishedTruth: Sendable {
  private let truth: FrameSetTruth
  private let names: [String: String]
  private let deployment: String

  /// Reads and checks the truth. Throws `FileError`.
  init(_ configuration: RunConfiguration) throws {
    truth = try configuration.frameSet.truth()
    names = Dictionary(
      configuration.frameSet.manifest.cameras.map { ($0.id, $0.name) },
      uniquingKeysWith: { first, _ in first })
    deployment = configuration.deployment
  }

  /// One event for each appearance, in the order in which they ended.
  func events(provenance: SightingData.Provenance, gallerySize: Int) -> [TruthEvent] {
    let events = truth.appearances.compactMap { appearance -> TruthEvent? in
      guard let first = appearance.frames.first, let last = appearance.frames.last else {
        return nil
      }
      return TruthEvent(
        deployment: deployment,
        data: TruthData(
          appearanceID: TruthEvent.appearance(
            run: provenance.runID, camera: appearance.camera, subject: appearance.identity,
            firstFrame: first.seq),
          camera: .init(
            id: appearance.camera, name: names[appearance.camera] ?? appearance.camera),
          subject: appearance.identity, isEnrolled: appearance.identity < UInt64(gallerySize),
          firstSeen: Timestamp(microseconds: first.capturedAt),
          lastSeen: Timestamp(microseconds: last.capturedAt), firstFrame: first.seq,
          lastFrame: last.seq, frames: appearance.frames.count,
          framesShown: appearance.frames.count { $0.shown && $0.delivered },
          largestMarkerPixels: appearance.largestMarker, provenance: provenance))
    }
    return events.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
  }
}
