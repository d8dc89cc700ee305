// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How far a run has come with a camera: everything up to this frame is on the bus, or need not be.
package struct BusCheckpoint: Hashable, Sendable {
  package let runID: String
  package let camera: String
  /// The last frame that was wholly handled.
  package let frameSequence: Int
  /// When that frame was captured, in microseconds since 1970.
  package let timeMicroseconds: Int64

  package init(runID: String, camera: String, frameSequence: Int, timeMicroseconds: Int64) {
    self.runID = runID
    self.camera = camera
    self.frameSequence = frameSequence
    self.timeMicroseconds = timeMicroseconds
  }
}
