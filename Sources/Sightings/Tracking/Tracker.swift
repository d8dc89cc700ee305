// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Joins the faces of one camera over time, by overlap with where each was going.
///
/// A pure state machine: time is the capture time it is given. The same observations give the same
/// tracks.
package struct Tracker: Sendable {
  package let policy: TrackingPolicy
  /// In the order in which they began.
  private var tracks: [Track] = []

  package init(policy: TrackingPolicy = TrackingPolicy()) { self.policy = policy }

  /// How many tracks are live, seen or coasting.
  package var count: Int { tracks.count }

  /// Ends the tracks that were last seen more than `trackGap` before `time`, and says which.
  package mutating func expire(at time: Timestamp) -> [TrackID] {
    let lost = tracks.filter { time.since($0.lastSeen) > policy.trackGap }.map(\.id)
    tracks.removeAll { time.since($0.lastSeen) > policy.trackGap }
    return lost
  }

  /// Ends all tracks, and says which they were.
  package mutating func finish() -> [TrackID] {
    defer { tracks = [] }
    return tracks.map(\.id)
  }

  /// The track of each box of the frame `sequence`, in the boxes' order; those that continue none begin
  /// one. Expire first. `time` must not be before that of the last call.
  /// O(t f log(t f)) for t tracks and f boxes.
  package mutating func observe(_ boxes: [Box], sequence: Int, at time: Timestamp) -> [TrackID] {
    let affinity = tracks.map { track in
      boxes.map { track.affinity(to: $0, at: time, policy: policy) }
    }
    let assigned = Assignment.tracks(affinity: affinity, faces: boxes.count)
    return boxes.indices.map { face in
      if let index = assigned[face] {
        tracks[index].see(boxes[face], at: time, weight: policy.velocityWeight)
        return tracks[index].id
      }
      let id = TrackID(firstSequence: sequence, ordinal: face)
      tracks.append(Track(id: id, box: boxes[face], at: time))
      return id
    }
  }
}
