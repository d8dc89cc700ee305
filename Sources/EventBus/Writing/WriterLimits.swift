// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// When a `GroupCommitWriter` commits, and how much it holds.
package struct WriterLimits: Hashable, Sendable {
  /// Commit when so many records wait ...
  package var flushRecords = 128
  /// ... or when the oldest has waited so long, whichever is first.
  package var flushInterval: Duration = .milliseconds(20)
  /// Checkpoints without records wait for the next commit, but no longer than this.
  package var checkpointInterval: Duration = .milliseconds(250)
  /// Submitters wait while so many records, those being committed included, are held ...
  package var maximumRecords = 4096
  /// ... or so many bytes of bodies. A single larger submission is let in alone.
  package var maximumBytes = 16 << 20

  package init() {}
}
