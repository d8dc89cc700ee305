// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Joins the faces of one camera over time: overlap with where each was going proposes, the embedding
/// vetoes. It never sees a marker's id, since no camera sees a name.
///
/// The veto keeps somebody who steps to where another was just lost from carrying on their track. A
/// pure state machine: time is the capture time it is given. The same observations give the same
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
  /// one. Expire first. `time` must not be before that of the last call. `embeddings`, unit vectors or
  /// empty where a face has none, may be left out. O(t f (d + log(t f))) for t tracks, f boxes, d floats.
  package mutating func observe(
    _ boxes: [Box], embeddings: [[Float]] = [], sequence: Int, at time: Timestamp
  ) -> [TrackID] {
    precondition(embeddings.isEmpty || embeddings.count == boxes.count, "an embedding for each box")
    let affinity = tracks.map { track in
      boxes.indices.map { face -> Double in
        let affinity = track.affinity(to: boxes[face], at: time, policy: policy)
        guard affinity > 0, !embeddings.isEmpty,
          let likeness = track.likeness(to: embeddings[face])
        else { return affinity }
        return likeness >= policy.minimumLikeness ? affinity : 0
      }
    }
    let assigned = Assignment.tracks(affinity: affinity, faces: boxes.count)
    return boxes.indices.map { face in
      if let index = assigned[face] {
        tracks[index].see(boxes[face], at: time, weight: policy.velocityWeight)
        if !embeddings.isEmpty { tracks[index].remember(embeddings[face]) }
        return tracks[index].id
      }
      let id = TrackID(firstSequence: sequence, ordinal: face)
      var track = Track(id: id, box: boxes[face], at: time)
      if !embeddings.isEmpty { track.remember(embeddings[face]) }
      tracks.append(track)
      return id
    }
  }
}
