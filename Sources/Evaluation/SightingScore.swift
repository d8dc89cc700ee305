// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames

/// Sightings against the truth of a frame set.
///
/// The unit is the *appearance*: one pass of one person before one camera. Appearances of enrolled
/// people are mated, those of strangers non-mated. An appearance counts when its marker reached
/// `minimumMarker` pixels, shown in a delivered frame.
package struct SightingScore: Hashable, Sendable {
  /// Mated appearances that some sighting named rightly, on their camera and while they were in view.
  package var right = 0
  /// Sightings any revision of which named somebody who was not before that camera in that frame: each
  /// alarmed somebody, whatever was said later.
  package var wrong = 0
  /// Of `wrong`: those whose last revision no longer names somebody absent.
  package var retracted = 0
  /// Mated appearances that no sighting named rightly.
  package var missed = 0
  /// Sightings that named rightly an appearance that had been named already.
  package var repeated = 0
  /// Right sightings of appearances too small to count.
  package var belowSize = 0
  /// Non-mated appearances of any marker size: nothing should have been reported.
  package var nonMated = 0
  /// The smallest marker side that counts, in full-resolution pixels.
  package var minimumMarker: Double
  /// Appearances of the truth, by index, that some sighting named rightly; of any size.
  package private(set) var named: Set<Int> = []

  /// Mated appearances that count.
  package var appearances: Int { right + missed }
  package var found: Proportion { Proportion(right, of: appearances) }

  /// Scores `sightings` made with a gallery of `gallerySize` identities.
  ///
  /// A revision and an appearance meet when they share the camera and the revision's best frame lies in
  /// the appearance's. O(S x A) a camera.
  package init(
    _ sightings: [ReportedSighting], truth: FrameSetTruth, gallerySize: Int, minimumMarker: Double
  ) {
    self.minimumMarker = minimumMarker
    let byCamera = Dictionary(grouping: truth.appearances.indices) {
      truth.appearances[$0].camera
    }
    /// The appearance that a revision names rightly.
    func meeting(_ revision: ReportedSighting.Revision, on camera: String) -> Int? {
      (byCamera[camera] ?? []).first { index in
        let appearance = truth.appearances[index]
        guard appearance.identity == revision.identity, let first = appearance.frames.first,
          let last = appearance.frames.last
        else { return false }
        return (first.seq...last.seq).contains(revision.frame)
      }
    }
    for sighting in sightings.sorted(by: { $0.id < $1.id }) {
      let names = sighting.revisions.filter { $0.identity != nil }
      if names.contains(where: { meeting($0, on: sighting.camera) == nil }) {
        wrong += 1
        let last = sighting.revisions.last
        if last?.identity == nil || last.flatMap({ meeting($0, on: sighting.camera) }) != nil {
          retracted += 1
        }
      }
      guard let last = sighting.revisions.last, last.identity != nil,
        let index = meeting(last, on: sighting.camera)
      else { continue }
      if !named.insert(index).inserted { repeated += 1 }
    }
    for (index, appearance) in truth.appearances.enumerated() {
      let counts = appearance.largestMarker >= minimumMarker
      guard appearance.identity < UInt64(gallerySize) else {
        // Of any size: a small marker may get a wrong name as well.
        if appearance.largestMarker > 0 { nonMated += 1 }
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
