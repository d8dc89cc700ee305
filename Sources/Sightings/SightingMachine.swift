// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Turns the observations of one camera into sighting events: tracks, decides, opens, revises, closes.
///
/// A pure state machine. Time is capture time; nothing happens between calls. Every sighting it opens it
/// closes exactly once, if `finish` is called. One pass is one sighting: while a subject's sighting is
/// open, or the subject was in view less than the cool-down ago, another track of it opens none.
///
/// After `max_age` a face that stays in view opens no further sighting of the same subject. A silenced
/// face extends its subject's cool-down for as long as it is seen, since it is still the same pass.
package struct SightingMachine: Sendable {
  package let context: SightingContext
  package let policy: SightingPolicy
  package private(set) var counts = SightingCounts()
  /// The number of the last event; continues over runs.
  package private(set) var sequence: Int64

  private var tracker: Tracker
  private var dossiers: [TrackID: Dossier] = [:]
  /// The dossier of each live track.
  private var owner: [TrackID: TrackID] = [:]
  private var coolDown: CoolDown
  private var lastFrame: Int?
  private var now: Timestamp?

  /// `lastSequence` is that of the camera's last event on the bus, 0 for none; `remembered` may hold other
  /// cameras' subjects, which are passed over.
  package init(
    context: SightingContext, policy: SightingPolicy, lastSequence: Int64 = 0,
    remembered: [RecentSubject] = []
  ) {
    self.context = context
    self.policy = policy
    sequence = lastSequence
    tracker = Tracker(policy: policy.tracking)
    coolDown = CoolDown(
      period: policy.coolDown, remembered: remembered.filter { $0.camera == context.camera.id })
  }

  /// Takes the next frame of the camera. Frames whose number or time goes backwards are counted and
  /// otherwise passed over.
  package mutating func observe(_ observation: FrameObservation) -> [SightingEvent] {
    precondition(observation.camera == context.camera.id, "a machine serves one camera")
    let frame = observation.frame
    guard frame.sequence > lastFrame ?? Int.min,
      frame.capturedAt >= now ?? frame.capturedAt
    else {
      counts.outOfOrder += 1
      return []
    }
    lastFrame = frame.sequence
    counts.frames += 1
    counts.faces += observation.faces.count
    var events = advance(to: frame.capturedAt)
    let tracks = tracker.observe(
      observation.faces.map(\.box), embeddings: observation.faces.map(\.embedding),
      sequence: frame.sequence, at: frame.capturedAt)
    var touched: [TrackID] = []
    for (face, track) in zip(observation.faces, tracks) {
      let id = owner[track] ?? begin(track, at: frame.capturedAt)
      dossiers[id]?.evidence.add(Capture(frame: frame, face: face))
      if !touched.contains(id) { touched.append(id) }
    }
    for id in touched { events += decide(id, at: frame.capturedAt) }
    return events
  }

  /// Whom the camera must not sight again yet: for the checkpoint that a resumed run starts from.
  package var recentSubjects: [RecentSubject] {
    var seen = coolDown
    for dossier in dossiers.values {
      for subject in dossier.open?.announced ?? [] {
        seen.see(subject, at: dossier.evidence.lastSeen)
      }
    }
    return seen.subjects(of: context.camera.id)
  }

  /// Lets capture time pass without a frame: loses tracks and ages sightings. Earlier times do nothing.
  package mutating func advance(to time: Timestamp) -> [SightingEvent] {
    guard time >= now ?? time else { return [] }
    now = time
    var events: [SightingEvent] = []
    for track in tracker.expire(at: time) { events += end(track, .trackLost, at: time) }
    for id in dossiers.keys.sorted() {
      guard let dossier = dossiers[id], let open = dossier.open,
        time.since(open.openedAt) >= policy.maximumAge
      else { continue }
      dossiers[id]?.silenced.formUnion(open.announced)
      events += close(id, .maximumAge, at: time)
    }
    return events
  }

  /// Ends all tracks and closes all sightings; the machine may be used on.
  package mutating func finish() -> [SightingEvent] {
    guard let now else { return [] }
    var events: [SightingEvent] = []
    for track in tracker.finish() { events += end(track, .shutdown, at: now) }
    return events
  }

  // MARK: - Tracks

  private mutating func begin(_ track: TrackID, at time: Timestamp) -> TrackID {
    counts.tracks += 1
    owner[track] = track
    dossiers[track] = Dossier(
      id: track, tracks: [track],
      evidence: Evidence(limit: policy.decision.captures, from: time))
    return track
  }

  private mutating func end(
    _ track: TrackID, _ reason: CloseReason, at time: Timestamp
  ) -> [SightingEvent] {
    guard let id = owner.removeValue(forKey: track) else { return [] }
    dossiers[id]?.tracks.removeAll { $0 == track }
    guard dossiers[id]?.tracks.isEmpty == true else { return [] }
    let events = close(id, reason, at: time)
    if let dossier = dossiers.removeValue(forKey: id), dossier.sightings == 0 {
      switch dossier.evidence.decide(policy.decision).outcome {
      case _ where !dossier.silenced.isEmpty: counts.suppressed += 1
      case .lowQuality: counts.lowQuality += 1
      // An alert would have opened a sighting, or been silenced.
      case .noMatch, .alert: counts.noMatch += 1
      }
    }
    let oldest = dossiers.values.map(\.evidence.firstSeen).min() ?? time
    coolDown.forget(before: min(oldest, time))
    return events
  }

  // MARK: - Decisions

  private mutating func decide(_ id: TrackID, at time: Timestamp) -> [SightingEvent] {
    guard let dossier = dossiers[id] else { return [] }
    for subject in dossier.silenced { coolDown.see(subject, at: dossier.evidence.lastSeen) }
    let decision = dossier.evidence.decide(policy.decision)
    if dossier.open != nil {
      return isWorthRevision(dossier, decision, at: time)
        ? [publish(.updated, id, decision, at: time)] : []
    }
    guard decision.outcome == .alert, let subject = decision.best?.subject,
      !dossier.silenced.contains(subject)
    else { return [] }
    // Only a track that began after the other was last seen can be the same pass. Two faces in view at
    // once are two people, and one of the names is wrong: both are told.
    if let other = dossiers.keys.sorted().first(where: {
      guard let known = dossiers[$0], known.open?.announced.contains(subject) == true else {
        return false
      }
      return dossier.evidence.firstSeen > known.evidence.lastSeen
    }) {
      join(id, into: other)
      return decide(other, at: time)
    }
    if coolDown.covers(subject, from: dossier.evidence.firstSeen) {
      dossiers[id]?.silenced.insert(subject)
      coolDown.see(subject, at: dossier.evidence.lastSeen)
      return []
    }
    let name = Identifiers.sighting(
      run: context.provenance.runID, camera: context.camera.id, track: id,
      ordinal: dossier.sightings)
    dossiers[id]?.open = Dossier.Open(
      id: name, openedAt: time, lastRevision: time, outcome: decision.outcome)
    dossiers[id]?.sightings += 1
    if dossier.sightings == 0 { counts.alert += 1 }
    return [publish(.opened, id, decision, at: time)]
  }

  private func isWorthRevision(
    _ dossier: Dossier, _ decision: Decision, at time: Timestamp
  ) -> Bool {
    guard let open = dossier.open, time.since(open.lastRevision) >= policy.updateEvery else {
      return false
    }
    guard decision.outcome == open.outcome, decision.best?.subject == open.best?.subject else {
      return true
    }
    let risen = (decision.best?.score ?? 0) - (open.best?.score ?? 0)
    // Scores have six decimals; half of the last one keeps 0.51 - 0.50 from falling short of 0.01.
    return risen >= policy.improvement - 5e-7
  }

  private mutating func join(_ id: TrackID, into other: TrackID) {
    guard let dossier = dossiers.removeValue(forKey: id) else { return }
    for track in dossier.tracks {
      owner[track] = other
      dossiers[other]?.tracks.append(track)
    }
    dossiers[other]?.evidence.merge(dossier.evidence)
    dossiers[other]?.silenced.formUnion(dossier.silenced)
    if dossier.sightings == 0 { counts.joined += 1 }
  }

  // MARK: - Events

  private mutating func close(
    _ id: TrackID, _ reason: CloseReason, at time: Timestamp
  ) -> [SightingEvent] {
    guard let dossier = dossiers[id], let open = dossier.open else { return [] }
    let decision = dossier.evidence.decide(policy.decision)
    let event = publish(.closed, id, decision, reason, at: time)
    for subject in open.announced { coolDown.see(subject, at: dossier.evidence.lastSeen) }
    dossiers[id]?.open = nil
    return [event]
  }

  private mutating func publish(
    _ phase: SightingPhase, _ id: TrackID, _ decision: Decision, _ reason: CloseReason? = nil,
    at time: Timestamp
  ) -> SightingEvent {
    guard var dossier = dossiers[id], var open = dossier.open,
      let capture = dossier.evidence.best.first
    else { preconditionFailure("an open sighting has a searched capture") }
    open.revision += 1
    open.lastRevision = time
    open.outcome = decision.outcome
    open.best = decision.best
    if decision.outcome == .alert, let best = decision.best { open.announced.insert(best.subject) }
    dossier.open = open
    dossiers[id] = dossier
    sequence += 1
    switch phase {
    case .opened: counts.opened += 1
    case .updated: counts.updated += 1
    case .closed: counts.closed += 1
    }
    let revision = SightingRevision(
      sightingID: open.id, revision: open.revision, phase: phase, closeReason: reason,
      firstSeen: dossier.evidence.firstSeen, lastSeen: dossier.evidence.lastSeen,
      searched: dossier.evidence.searched, seen: dossier.evidence.seen, frame: capture.frame,
      box: capture.face.box, detectionScore: capture.face.detectionScore,
      quality: capture.face.quality, tier: capture.face.tier, decision: decision)
    return context.event(revision, policy: policy, time: time, sequence: sequence)
  }
}
