// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What one revision of a sighting says by itself; the rest its camera's events say alike.
package struct SightingRevision: Hashable, Sendable {
  package var sightingID: String
  /// 1, 2, 3 ... within the sighting.
  package var revision: Int
  package var phase: SightingPhase
  /// Of a close, and only of that.
  package var closeReason: CloseReason?
  package var firstSeen: Timestamp
  package var lastSeen: Timestamp
  /// Captures that were searched.
  package var searched: Int
  /// Captures, searched or not.
  package var seen: Int
  /// Of the best capture, as are the box and what follows it.
  package var frame: FrameFacts
  package var box: Box
  package var detectionScore: Double
  package var quality: Double
  package var tier: String
  package var decision: Decision

  package init(
    sightingID: String, revision: Int, phase: SightingPhase, closeReason: CloseReason?,
    firstSeen: Timestamp, lastSeen: Timestamp, searched: Int, seen: Int, frame: FrameFacts,
    box: Box, detectionScore: Double, quality: Double, tier: String, decision: Decision
  ) {
    self.sightingID = sightingID
    self.revision = revision
    self.phase = phase
    self.closeReason = closeReason
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.searched = searched
    self.seen = seen
    self.frame = frame
    self.box = box
    self.detectionScore = detectionScore
    self.quality = quality
    self.tier = tier
    self.decision = decision
  }
}

extension SightingContext {
  /// The CloudEvents `source` of the camera's events.
  var source: String { "urn:sightline:\(deployment):camera:\(camera.id)" }

  /// The event of one revision; `sequence` counts the camera's events.
  package func event(
    _ revision: SightingRevision, policy: SightingPolicy, time: Timestamp, sequence: Int64
  ) -> SightingEvent {
    var candidates: [SightingData.RankedCandidate] = []
    candidates.reserveCapacity(revision.decision.candidates.count)
    for ranked in revision.decision.candidates {
      candidates.append(
        SightingData.RankedCandidate(
          rank: candidates.count + 1, subjectID: SubjectName.text(ranked.subject),
          score: ranked.score, isAboveThreshold: ranked.isAboveThreshold))
    }
    let data = SightingData(
      sightingID: revision.sightingID, revision: revision.revision, phase: revision.phase,
      closeReason: revision.closeReason, firstSeen: revision.firstSeen,
      lastSeen: revision.lastSeen, count: revision.searched, camera: camera, clock: clock,
      frame: revision.frame,
      face: .init(box: revision.box, detectionScore: revision.detectionScore),
      quality: .init(
        score: revision.quality, tier: revision.tier, method: qualityMethod,
        minimum: qualityMinimum),
      search: .init(
        gallery: gallery, metric: metric, exact: exact, k: k,
        threshold: policy.decision.threshold),
      thresholdBasis: thresholdBasis, candidates: candidates,
      decision: revision.decision.outcome, framesConsidered: revision.seen,
      rule: policy.decision.rule, model: model, provenance: provenance, timings: nil)
    return SightingEvent(
      source: source, time: time,
      expiryTime: time.advanced(by: policy.staleness), sequence: sequence, data: data)
  }
}
