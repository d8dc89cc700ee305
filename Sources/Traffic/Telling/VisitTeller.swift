// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// A revision with its place in the stream: by time, then by camera, then in the order in which the
/// camera's state machine tells what one frame causes.
struct Telling: Sendable {
  /// What the order follows from: few bytes, since it is sorted and merged where a revision is not moved.
  struct Place: Hashable, Comparable, Sendable {
    /// Microseconds after the beginning of the stream.
    let time: Int64
    let camera: Int32
    fileprivate let order: UInt64

    static func < (a: Place, b: Place) -> Bool {
      if a.time != b.time { return a.time < b.time }
      return (a.camera, a.order) < (b.camera, b.order)
    }
  }

  /// The revision in memory of its own: tellings are moved about.
  final class Content: Sendable {
    let revision: SightingRevision

    init(_ revision: SightingRevision) { self.revision = revision }
  }

  let place: Place
  let content: Content

  init(time: Int64, camera: Int32, track: TrackID, revision: SightingRevision) {
    content = Content(revision)
    // Lost tracks in the order in which they began, then sightings that aged, then the faces of the
    // frame, the newest first, as the model lists them; at the end of the stream what is open.
    let kind: UInt64 =
      switch revision.closeReason {
      case .trackLost: 0
      case .maximumAge: 1
      case nil: 2
      case .shutdown, .recovered: 3
      }
    let first = UInt64(truncatingIfNeeded: track.firstSequence) & 0xff_ffff_ffff
    place = Place(
      time: time, camera: camera,
      order: kind << 62 | (kind == 2 ? 0xff_ffff_ffff - first : first) << 22
        | UInt64(track.ordinal))
  }
}

/// What became of a visit.
enum VisitOutcome: Sendable {
  /// It opened a sighting; whether the first name told was the right one.
  case told(right: Bool)
  case noMatch
  case lowQuality
}

/// Tells a visit as `SightingMachine` would: the same revisions at the same times.
///
/// One visit is one track, and `ToldSubjects` keeps sightings of one subject apart; under these two
/// conditions the machine's rules for a single face are all there is, and they can be walked through
/// without its books. A test holds both to the same bytes.
struct VisitTeller {
  let model: TrafficModel
  private let policy: SightingPolicy
  // Of the visit at hand.
  private var script: VisitScript
  /// Indices of the best captures, best first.
  private var best: [Int] = []
  private var searched = 0
  private var seen = 0
  private var decided: [(key: Int, decision: Decision)] = []
  /// The sighting told last, and whether it is open.
  private var sighting = Sighting()
  private var isOpen = false
  private var announced: [UInt64] = []
  private var sightings = 0
  private var facts: (capture: Int, frame: FrameFacts)?
  private(set) var silenced: [UInt64] = []
  private(set) var outcome = VisitOutcome.lowQuality
  private(set) var tellings: [Telling] = []

  private struct Sighting {
    var id = ""
    var revision = 0
    var openedAt = Timestamp(microseconds: 0)
    var lastRevision = Timestamp(microseconds: 0)
    var outcome = Decision.Outcome.lowQuality
    var best: Decision.Ranked?
  }

  init(_ script: VisitScript, _ model: TrafficModel) {
    self.model = model
    self.script = script
    policy = model.policy
  }

  /// Everybody a sighting of the visit named.
  var named: [UInt64] { silenced + announced.filter { !silenced.contains($0) } }

  /// When the visit was last seen, in microseconds after the beginning of the stream.
  var lastSeen: Int64 { offset(script.captures.count - 1) }

  /// Walks through the visit. O(captures), and a decision for each change of tiers among the best.
  mutating func tell() {
    for index in script.captures.indices {
      let now = time(index)
      age(at: index, now)
      seen += 1
      if script.captures[index].tier != nil {
        searched += 1
        keep(index)
      }
      decide(at: index, now)
    }
    finish()
  }

  // MARK: - Frames

  private func offset(_ index: Int) -> Int64 {
    model.grid.time(script.camera, frame: script.track.firstSequence + index)
  }

  private func time(_ index: Int) -> Timestamp { model.moment(offset(index)) }

  private mutating func keep(_ index: Int) {
    let quality = script.captures[index].quality
    let place = best.firstIndex { quality > script.captures[$0].quality } ?? best.count
    guard place < policy.decision.captures else { return }
    best.insert(index, at: place)
    if best.count > policy.decision.captures { best.removeLast() }
  }

  /// After the last capture the camera goes on taking frames that do not show the face.
  private mutating func finish() {
    let last = script.captures.count - 1
    let frames = model.frames(of: script.camera) - script.track.firstSequence
    var index = last + 1
    while index < frames {
      let now = time(index)
      if now.since(time(last)) > policy.tracking.trackGap {
        close(.trackLost, at: index)
        conclude()
        return
      }
      age(at: index, now)
      index += 1
    }
    // The stream ends first.
    close(.shutdown, at: frames - 1)
    conclude()
  }

  private mutating func conclude() {
    guard sightings == 0 else { return }
    outcome = decision().outcome == .lowQuality ? .lowQuality : .noMatch
  }

  // MARK: - Decisions

  /// The decision over the best captures; it follows from their tiers, since captures of one tier are
  /// one search.
  private mutating func decision() -> Decision {
    var key = min(searched, policy.decision.minimumCaptures)
    for index in best { key = key * 8 + (script.captures[index].tier ?? 7) }
    if let known = decided.first(where: { $0.key == key }) { return known.decision }
    let lists = best.map { index in
      script.captures[index].tier.flatMap { script.searches[$0]?.candidates } ?? []
    }
    let decision = policy.decision.decide(lists, searched: searched)
    decided.append((key, decision))
    return decision
  }

  private mutating func decide(at index: Int, _ now: Timestamp) {
    if isOpen {
      guard now.since(sighting.lastRevision) >= policy.updateEvery else { return }
      let decision = decision()
      if isWorthRevision(decision) { publish(.updated, decision, at: index) }
      return
    }
    guard searched >= policy.decision.minimumCaptures else { return }
    let decision = decision()
    guard decision.outcome == .alert, let subject = decision.best?.subject,
      !silenced.contains(subject)
    else { return }
    if sightings == 0 {
      outcome = .told(right: script.isEnrolled && subject == script.identity)
    }
    isOpen = true
    sighting = Sighting(
      id: Identifiers.sighting(
        run: model.runID, camera: model.contexts[script.camera].camera.id, track: script.track,
        ordinal: sightings),
      openedAt: now, lastRevision: now, outcome: decision.outcome)
    sightings += 1
    publish(.opened, decision, at: index)
  }

  private func isWorthRevision(_ decision: Decision) -> Bool {
    guard decision.outcome == sighting.outcome,
      decision.best?.subject == sighting.best?.subject
    else { return true }
    let risen = (decision.best?.score ?? 0) - (sighting.best?.score ?? 0)
    return risen >= policy.improvement - 5e-7
  }

  // MARK: - Revisions

  private mutating func age(at index: Int, _ now: Timestamp) {
    guard isOpen, now.since(sighting.openedAt) >= policy.maximumAge else { return }
    for subject in announced where !silenced.contains(subject) { silenced.append(subject) }
    close(.maximumAge, at: index)
    announced = []
  }

  private mutating func close(_ reason: CloseReason, at index: Int) {
    guard isOpen else { return }
    publish(.closed, decision(), reason, at: index)
    isOpen = false
  }

  private mutating func publish(
    _ phase: SightingPhase, _ decision: Decision, _ reason: CloseReason? = nil, at index: Int
  ) {
    guard isOpen, let top = best.first else { return }
    sighting.revision += 1
    sighting.lastRevision = time(index)
    sighting.outcome = decision.outcome
    sighting.best = decision.best
    if decision.outcome == .alert, let subject = decision.best?.subject,
      !announced.contains(subject)
    {
      announced.append(subject)
    }
    let capture = script.captures[top]
    let revision = SightingRevision(
      sightingID: sighting.id, revision: sighting.revision, phase: phase, closeReason: reason,
      firstSeen: time(0), lastSeen: time(seen - 1), searched: searched, seen: seen,
      frame: frame(top), box: capture.box, detectionScore: capture.margin,
      quality: capture.quality, tier: capture.tier.map { ModelledCapture.tiers[$0].name } ?? "none",
      decision: decision)
    tellings.append(
      Telling(
        time: offset(index), camera: Int32(script.camera), track: script.track,
        revision: revision))
  }

  private mutating func frame(_ capture: Int) -> FrameFacts {
    if let facts, facts.capture == capture { return facts.frame }
    let frame = model.facts(
      camera: script.camera, frame: script.track.firstSequence + capture)
    facts = (capture, frame)
    return frame
  }
}
