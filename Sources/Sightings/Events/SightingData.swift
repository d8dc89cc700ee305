// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The `data` of a sighting event: one revision of one sighting.
///
/// Field names and units are those of `Schemas/sighting.v1.schema.json`. It never holds an embedding nor
/// who it truly was.
package struct SightingData: Hashable, Sendable, Codable {
  package var sightingID: String
  /// 1, 2, 3 ... within the sighting.
  package var revision: Int
  package var phase: SightingPhase
  /// Only in `closed`.
  package var closeReason: CloseReason?
  package var firstSeen: Timestamp
  package var lastSeen: Timestamp
  /// Searches that contributed.
  package var count: Int
  package var camera: Camera
  package var clock: Clock
  /// Of the best capture, as are `face` and `quality`.
  package var frame: FrameFacts
  package var face: Face
  package var quality: Quality
  package var search: Search
  package var thresholdBasis: ThresholdBasis
  package var candidates: [RankedCandidate]
  package var decision: Decision.Outcome
  /// Captures of the face, searched or not.
  package var framesConsidered: Int
  package var rule: String
  package var model: Model
  package var provenance: Provenance
  /// Absent on the virtual clock.
  package var timings: Timings?

  private enum CodingKeys: String, CodingKey {
    case revision, phase, count, camera, clock, frame, face, quality, search, candidates, decision
    case rule, model, provenance
    case sightingID = "sighting_id"
    case closeReason = "close_reason"
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
    case thresholdBasis = "threshold_basis"
    case framesConsidered = "frames_considered"
    case timings = "timings_us"
  }
}
