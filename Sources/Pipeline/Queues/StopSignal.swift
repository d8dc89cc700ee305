// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Asks a run to stop gracefully: what is in flight is finished, what is open is closed.
///
/// Set from a signal handler's queue, a test or another task; a run looks at it between frames.
package final class StopSignal: Sendable {
  private let flag = Atomic(false)

  package init() {}

  package var isRaised: Bool { flag.load(ordering: .relaxed) }

  package func raise() { flag.store(true, ordering: .relaxed) }
}
