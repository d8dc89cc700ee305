// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// What `bench bus` measures.
package struct BusPlan: Hashable, Sendable {
  /// Events of a round, on each side.
  package var events = 20_000
  /// Bytes of an event's body.
  package var bytes = 700
  /// Events of a commit.
  package var batch = 128
  /// Cameras the events are of.
  package var cameras = 50
  package var rounds = 7
  /// Where the files are made and removed: on the disk that is asked about.
  package var folder: FilePath

  package init(folder: FilePath) { self.folder = folder }
}
