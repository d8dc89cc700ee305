// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What reading a stream tells while it is under way; from any thread.
package enum SourceObservation: Sendable {
  /// The server, stream and consumer.
  case connected(String)
  /// What is waited for, and why. Told once for each reason, and again every half minute.
  case trouble(BusError)
  /// A message at this place is none of our events, is not carried and will not come again.
  case skipped(subject: String, sequence: Int64, reason: String)
}
