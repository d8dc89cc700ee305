// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Names a track within its camera and run: the frame that began it, and its face's place in that frame.
package struct TrackID: Hashable, Sendable {
  package let firstSequence: Int
  package let ordinal: Int

  package init(firstSequence: Int, ordinal: Int) {
    self.firstSequence = firstSequence
    self.ordinal = ordinal
  }
}

extension TrackID: Comparable {
  package static func < (a: TrackID, b: TrackID) -> Bool {
    (a.firstSequence, a.ordinal) < (b.firstSequence, b.ordinal)
  }
}
