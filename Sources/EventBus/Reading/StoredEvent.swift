// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A record with its place on the log.
package struct StoredEvent: Hashable, Sendable {
  /// Rises along the log; numbers may be missing, so go on with `>`.
  package let sequence: Int64
  package let record: BusRecord
}
