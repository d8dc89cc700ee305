// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// How far a run has come with a camera: everything up to this frame is on the bus, or need not be.
package struct BusCheckpoint: Hashable, Sendable {
  package let runID: String
  package let camera: String
  /// The last frame that was wholly handled.
  package let frameSequence: Int
  /// When that frame was captured, in microseconds since 1970.
  package let timeMicroseconds: Int64
  /// Whom the camera has sighted within the cool-down, as of that frame.
  package let recent: [RecentSubject]

  package init(
    runID: String, camera: String, frameSequence: Int, timeMicroseconds: Int64,
    recent: [RecentSubject] = []
  ) {
    self.runID = runID
    self.camera = camera
    self.frameSequence = frameSequence
    self.timeMicroseconds = timeMicroseconds
    self.recent = recent
  }
}

extension BusCheckpoint {
  /// `recent` as the log keeps it: `subject@microseconds`, separated by spaces.
  var recentText: String {
    recent.map { "\($0.subject)@\($0.lastSeen.microseconds)" }.joined(separator: " ")
  }

  /// Reads `recentText`; what is not of that form is passed over.
  static func recent(_ text: String, camera: String) -> [RecentSubject] {
    text.split(separator: " ").compactMap { entry in
      let parts = entry.split(separator: "@")
      guard parts.count == 2, let subject = UInt64(parts[0]), let time = Int64(parts[1]) else {
        return nil
      }
      return RecentSubject(
        camera: camera, subject: subject, lastSeen: Timestamp(microseconds: time))
    }
  }
}
