// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A sighting as scoring sees it: whom its revisions named.
package struct ReportedSighting: Hashable, Sendable {
  package let id: String
  package let camera: String
  /// In order.
  package let revisions: [Revision]

  package struct Revision: Hashable, Sendable {
    /// Sequence number of the frame with the best capture.
    package let frame: Int
    /// The best candidate, if the decision was to name it.
    package let identity: UInt64?

    package init(frame: Int, identity: UInt64?) {
      self.frame = frame
      self.identity = identity
    }
  }

  package init(id: String, camera: String, revisions: [Revision]) {
    self.id = id
    self.camera = camera
    self.revisions = revisions
  }
}
