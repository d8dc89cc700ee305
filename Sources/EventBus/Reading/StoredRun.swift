// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A run as the log remembers it.
package struct StoredRun: Hashable, Sendable {
  package let runID: String
  package let key: String
  /// `running`, `finished` or `stopped`; a run that was killed stays `running`.
  package let state: String
  /// What the run said of itself when it began: a JSON object.
  package let facts: String
}
