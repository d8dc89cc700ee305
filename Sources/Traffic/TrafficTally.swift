// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// What was drawn, counted.
package struct TrafficTally: Hashable, Sendable {
  /// Searches of the cameras of one group.
  package struct Searches: Hashable, Sendable {
    package var mated = 0
    /// Mated searches that did not list the mate first and at the threshold or above.
    package var missed = 0
    /// Mated searches that listed somebody else first, at the threshold or above.
    package var misnamed = 0
    package var nonMated = 0
    /// Non-mated searches with a candidate at the threshold or above.
    package var alarms = 0

    mutating func add(_ other: Searches) {
      mated += other.mated
      missed += other.missed
      misnamed += other.misnamed
      nonMated += other.nonMated
      alarms += other.alarms
    }
  }

  /// By group of cameras.
  package var searches: [Searches]
  package var visits = 0
  /// Visits of enrolled people.
  package var matedVisits = 0
  /// Visits left out, since the camera had told of the same subject within the cool-down.
  package var leftOut = 0
  package var captures = 0
  package var opened = 0
  package var updated = 0
  package var closed = 0
  /// Visits whose first sighting named the one who was there.
  package var right = 0
  /// Visits whose first sighting named somebody else.
  package var wrong = 0
  /// Visits that ended below the threshold.
  package var noMatch = 0
  /// Visits with too few captures that were good enough.
  package var lowQuality = 0

  package var events: Int { opened + updated + closed }

  init(groups: Int) { searches = Array(repeating: Searches(), count: groups) }

  mutating func add(_ other: TrafficTally) {
    for group in searches.indices { searches[group].add(other.searches[group]) }
    visits += other.visits
    matedVisits += other.matedVisits
    leftOut += other.leftOut
    captures += other.captures
    opened += other.opened
    updated += other.updated
    closed += other.closed
    right += other.right
    wrong += other.wrong
    noMatch += other.noMatch
    lowQuality += other.lowQuality
  }

  mutating func count(_ script: VisitScript, group: Int, threshold: Double) {
    visits += 1
    captures += script.captures.count
    if script.isEnrolled { matedVisits += 1 }
    for case let search? in script.searches {
      let alarm = search.stranger.map { $0 >= threshold } ?? false
      guard script.isEnrolled else {
        searches[group].nonMated += 1
        if alarm { searches[group].alarms += 1 }
        continue
      }
      searches[group].mated += 1
      let stranger = search.stranger ?? -2
      if let mate = search.mate, mate >= threshold, mate >= stranger { continue }
      searches[group].missed += 1
      if alarm { searches[group].misnamed += 1 }
    }
  }

  mutating func count(_ outcome: VisitOutcome) {
    switch outcome {
    case .told(right: true): right += 1
    case .told(right: false): wrong += 1
    case .noMatch: noMatch += 1
    case .lowQuality: lowQuality += 1
    }
  }

  mutating func count(_ phase: SightingPhase) {
    switch phase {
    case .opened: opened += 1
    case .updated: updated += 1
    case .closed: closed += 1
    }
  }
}
