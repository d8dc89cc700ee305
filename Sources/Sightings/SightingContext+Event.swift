// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension SightingContext {
  /// The event of one revision.
  func event(
    _ phase: SightingPhase, _ reason: CloseReason?, _ sighting: Dossier.Open, _ evidence: Evidence,
    _ capture: Capture, _ decision: Decision, policy: SightingPolicy, time: Timestamp,
    sequence: Int64
  ) -> SightingEvent {
    let candidates = decision.candidates.enumerated().map { index, ranked in
      SightingData.RankedCandidate(
        rank: index + 1, subjectID: SubjectName.text(ranked.subject), score: ranked.score,
        isAboveThreshold: ranked.isAboveThreshold)
    }
    let data = SightingData(
      sightingID: sighting.id, revision: sighting.revision, phase: phase, closeReason: reason,
      firstSeen: evidence.firstSeen, lastSeen: evidence.lastSeen, count: evidence.searched,
      camera: camera, clock: clock, frame: capture.frame,
      face: .init(box: capture.face.box, detectionScore: capture.face.detectionScore),
      quality: .init(
        score: capture.face.quality, tier: capture.face.tier, method: qualityMethod,
        minimum: qualityMinimum),
      search: .init(
        gallery: gallery, metric: metric, exact: exact, k: k,
        threshold: policy.decision.threshold),
      thresholdBasis: thresholdBasis, candidates: candidates, decision: decision.outcome,
      framesConsidered: evidence.seen, rule: policy.decision.rule,
      model: model, provenance: provenance, timings: nil)
    return SightingEvent(
      source: "urn:sightline:\(deployment):camera:\(camera.id)", time: time,
      expiryTime: time.advanced(by: policy.staleness), sequence: sequence, data: data)
  }
}
