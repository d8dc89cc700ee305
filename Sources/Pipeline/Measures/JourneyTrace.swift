// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Keeps the ways of the first frames that end, for a trace.
package final class JourneyTrace: Sendable {
  /// Frames that a trace holds: some 20 MB of text.
  package static let most = 20_000

  private let limit: Int
  private let kept = Mutex<[JourneyEnd]>([])

  package init(limit: Int = most) { self.limit = limit }

  /// O(1), under a short lock.
  @Sendable package func observe(_ end: JourneyEnd) {
    kept.withLock { if $0.count < limit { $0.append(end) } }
  }

  package var ends: [JourneyEnd] { kept.withLock { $0 } }
}
