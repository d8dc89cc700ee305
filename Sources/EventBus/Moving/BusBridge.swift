// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Carries events from one bus to another, with their ids.
///
/// The source's consumer moves when the events are on the other side, so none is lost; what was carried but
/// not yet said to be is carried again after a crash, and the other side drops it by its id.
package struct BusBridge: Sendable {
  package struct Tally: Hashable, Sendable {
    package var events = 0
    package var bytes = 0
  }

  package let source: any EventSource
  package let bus: any EventBus
  /// Events in one append.
  package var batch = 512
  /// How long to wait when the source has nothing.
  package var idle: Duration = .milliseconds(50)

  package init(from source: any EventSource, to bus: any EventBus) {
    self.source = source
    self.bus = bus
  }

  /// Carries all there is; with `follow` also what is to come. Ends early, in order, once `stopped` says so.
  package func run(
    follow: Bool, until stopped: @Sendable () -> Bool = { false },
    progress: (Tally) -> Void = { _ in }
  ) async throws -> Tally {
    var tally = Tally()
    while !stopped() {
      let events = try await source.next(limit: batch)
      guard let last = events.last else {
        guard follow else { break }
        try await Task.sleep(for: idle)
        continue
      }
      try await bus.append(events.map(\.record))
      try await source.taken(through: last.sequence)
      tally.events += events.count
      tally.bytes += events.reduce(0) { $0 + $1.record.body.count }
      progress(tally)
    }
    return tally
  }
}
