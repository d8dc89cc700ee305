// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How long to wait before the next try, and how much to try with: a pure state machine.
///
/// After a failure one event goes first; each that arrives doubles what may be under way, so that a bus
/// that comes back is not met by thousands at once.
package struct BackOff: Sendable {
  package static let shortest = Duration.milliseconds(50)
  package static let longest = Duration.seconds(2)

  /// Events that may be under way.
  package private(set) var allowed: Int
  /// Nothing goes before.
  package private(set) var until: ContinuousClock.Instant?
  private let full: Int
  private var wait = BackOff.shortest

  package init(full: Int) {
    self.full = full
    allowed = full
  }

  /// Something arrived.
  package mutating func succeeded() {
    guard allowed < full || until != nil else { return }
    allowed = min(full, allowed * 2)
    wait = Self.shortest
    until = nil
  }

  /// Something did not; failures of one burst count once.
  package mutating func failed(now: ContinuousClock.Instant) {
    if let until, now < until { return }
    until = now.advanced(by: wait)
    wait = min(wait * 2, Self.longest)
    allowed = 1
  }

  package func mayGo(_ now: ContinuousClock.Instant) -> Bool { until.map { now >= $0 } ?? true }
}
