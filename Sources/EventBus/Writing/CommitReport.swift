// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What one group commit did, for counters and histograms.
package struct CommitReport: Hashable, Sendable {
  package let receipt: CommitReceipt
  /// Bytes of the bodies, duplicates included.
  package let bytes: Int
  /// Submissions that were waiting for it.
  package let submissions: Int
  /// From the start of the commit until it was durable.
  package let duration: Duration
  /// From the oldest submission until it was durable.
  package let longestWait: Duration
  /// From the oldest submission with records until it was durable; `nil` for checkpoints alone, which are
  /// let wait.
  package let longestRecordWait: Duration?
}
