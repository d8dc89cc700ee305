// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A run's permission to write, and where it goes on.
package struct RunTicket: Hashable, Sendable {
  /// Follows from the key and the attempt.
  package let runID: String
  package let key: String
  /// Counts the runs of this key on this bus, from 1; a resumed run keeps its number.
  package let attempt: Int
  /// By camera, where the run had come to; `nil` for a run that begins.
  package let resumedFrom: [String: BusCheckpoint]?
}

/// How a run ended.
package enum RunEnd: String, Hashable, Sendable {
  /// It came to its end; the same key begins a new attempt.
  case finished
  /// It was stopped; the same key resumes it.
  case stopped
}
