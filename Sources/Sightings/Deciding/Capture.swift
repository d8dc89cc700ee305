// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A face together with the frame it was seen in.
struct Capture: Hashable, Sendable {
  let frame: FrameFacts
  let face: FaceObservation

  /// Better quality first; the earlier frame, then the place, between equals.
  func isBetter(than other: Capture) -> Bool {
    if face.quality != other.face.quality { return face.quality > other.face.quality }
    if frame.sequence != other.frame.sequence { return frame.sequence < other.frame.sequence }
    return (face.box.x, face.box.y) < (other.face.box.x, other.face.box.y)
  }
}
