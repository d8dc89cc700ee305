// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames

/// A sighting as scoring sees it: the last word of its events.
package struct ReportedSighting: Hashable, Sendable {
  package let id: String
  package let camera: String
  /// Capture times in microseconds since 1970.
  package let firstSeen: Int64
  package let lastSeen: Int64
  /// The best candidate, if the decision was to name it.
  package let identity: UInt64?

  package init(id: String, camera: String, firstSeen: Int64, lastSeen: Int64, identity: UInt64?) {
    self.id = id
    self.camera = camera
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.identity = identity
  }
}

/// Sightings against the truth of a frame set.
///
/// The unit is the *appearance*: one pass of one person before one camera. Appearances of enrolled
/// people are mated, those of strangers non-mated. An appearance counts when its marker reached
/// `minimumMarker` pixels, shown in a delivered frame.
package struct SightingScore: Hashable, Sendable {
  /// Mated appearances that some sighting named rightly, on their camera and at their time.
  package var right = 0
  /// Sightings that named somebody who was not before that camera at that time.
  package var wrong = 0
  /// Mated appearances that no sighting named rightly.
  package var missed = 0
  /// Sightings that named rightly an appearance that had been named already.
  package var repeated = 0
  /// Right sightings of appearances too small to count.
  package var belowSize = 0
  /// Non-mated appearances: nothing should have been reported.
  package var nonMated = 0
  /// The smallest marker side that counts, in full-resolution pixels.
  package var minimumMarker: Double

  /// Mated appearances that count.
  package var appearances: Int { right + missed }
  package var found: Proportion { Proportion(right, of: appearances) }

  /// Scores `sightings` made with a gallery of `gallerySize` identities.
  ///
  /// A sighting and an appearance meet when they share the camera and their times overlap. O(S x A) a
  /// camera.
  package init(
    _ sightings: [ReportedSighting], truth: FrameSetTruth, gallerySize: Int, minimumMarker: Double
  ) {
    self.minimumMarker = minimumMarker
    let byCamera = Dictionary(grouping: truth.appearances.indices) {
      truth.appearances[$0].camera
    }
    var named = Set<Int>()
    for sighting in sightings.sorted(by: { ($0.firstSeen, $0.id) < ($1.firstSeen, $1.id) }) {
      guard let identity = sighting.identity else { continue }
      let meeting = (byCamera[sighting.camera] ?? []).first { index in
        let appearance = truth.appearances[index]
        guard appearance.identity == identity, let first = appearance.frames.first,
          let last = appearance.frames.last
        else { return false }
        return first.capturedAt <= sighting.lastSeen && sighting.firstSeen <= last.capturedAt
      }
      guard let meeting else {
        wrong += 1
        continue
      }
      if !named.insert(meeting).inserted { repeated += 1 }
    }
    for (index, appearance) in truth.appearances.enumerated() {
      let counts = appearance.largestMarker >= minimumMarker
      guard appearance.identity < UInt64(gallerySize) else {
        nonMated += counts ? 1 : 0
        continue
      }
      switch (counts, named.contains(index)) {
      case (true, true): right += 1
      case (true, false): missed += 1
      case (false, true): belowSize += 1
      case (false, false): break
      }
    }
  }
}
