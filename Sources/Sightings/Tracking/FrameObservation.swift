// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A frame of one camera and the faces in it, in the locator's order.
package struct FrameObservation: Hashable, Sendable {
  package let camera: String
  package let frame: FrameFacts
  package let faces: [FaceObservation]

  package init(camera: String, frame: FrameFacts, faces: [FaceObservation]) {
    self.camera = camera
    self.frame = frame
    self.faces = faces
  }
}
