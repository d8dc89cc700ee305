// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Pairs faces with tracks so that the sum of their affinities is great.
///
/// The best pair first, then pairs exchange partners while that helps. Not always the optimum of the
/// Hungarian method, but the same but for contrived cases at the dozen faces of a frame, and it depends
/// on nothing but the numbers and their order.
enum Assignment {
  /// The track of each face, `nil` where none fits. `affinity[track][face]`; 0 forbids.
  /// O(t f log(t f)) for t tracks and f faces.
  static func tracks(affinity: [[Double]], faces: Int) -> [Int?] {
    var pairs: [(track: Int, face: Int, value: Double)] = []
    for track in affinity.indices {
      for face in 0..<faces where affinity[track][face] > 0 {
        pairs.append((track, face, affinity[track][face]))
      }
    }
    // Ties go to the older track, then to the earlier face.
    pairs.sort { a, b in
      a.value != b.value ? a.value > b.value : (a.track, a.face) < (b.track, b.face)
    }
    var trackOf = [Int?](repeating: nil, count: faces)
    var taken = [Bool](repeating: false, count: affinity.count)
    for pair in pairs where trackOf[pair.face] == nil && !taken[pair.track] {
      trackOf[pair.face] = pair.track
      taken[pair.track] = true
    }
    exchange(&trackOf, affinity)
    return trackOf
  }

  private static func exchange(_ trackOf: inout [Int?], _ affinity: [[Double]]) {
    // Each exchange raises the sum, so this ends by itself; the bound is for rounding's sake.
    for _ in 0..<8 {
      var changed = false
      for a in trackOf.indices {
        for b in trackOf.indices.dropFirst(a + 1) {
          guard let first = trackOf[a], let second = trackOf[b] else { continue }
          let now = affinity[first][a] + affinity[second][b]
          let swapped = (affinity[second][a], affinity[first][b])
          guard swapped.0 > 0, swapped.1 > 0, swapped.0 + swapped.1 > now + 1e-12 else { continue }
          trackOf.swapAt(a, b)
          changed = true
        }
      }
      if !changed { return }
    }
  }
}
