// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// Tells the events of a log again, in its order, at a pace that follows their own times.
///
/// Ids stay as they are: a bus that has an event already drops it.
package struct LogReplay: Sendable {
  /// Where to begin.
  package enum Start: Hashable, Sendable {
    /// At this place.
    case place(Int64)
    /// With the events of this time or later.
    case time(Timestamp)
  }

  package struct Tally: Hashable, Sendable {
    package var events = 0
    package var bytes = 0
    /// How far behind its time the latest event was told.
    package var latest: Duration = .zero
  }

  package let reader: SQLiteLogReader
  package let start: Start
  package let pace: ReplayPace

  package init(_ reader: SQLiteLogReader, from start: Start = .place(1), pace: ReplayPace) {
    self.reader = reader
    self.start = start
    self.pace = pace
  }

  /// Hands every event to `tell` when it is due; those of one moment together. Ends early once `stopped`
  /// says so, looked at ten times a second.
  package func run<C: Clock<Duration>>(
    clock: C = ContinuousClock(), until stopped: @Sendable () -> Bool = { false },
    progress: (Tally) -> Void = { _ in },
    tell: ([StoredEvent]) async throws -> Void
  ) async throws -> Tally {
    var tally = Tally()
    var place: Int64 = if case .place(let first) = start { max(1, first) - 1 } else { 0 }
    var began: (clock: C.Instant, event: Int64)?
    while !stopped() {
      let page = try await reader.events(after: place, limit: 512)
      guard let end = page.last else { break }
      place = end.sequence
      var rest = page[...]
      if case .time(let first) = start {
        rest = page.filter { $0.record.timeMicroseconds >= first.microseconds }[...]
      }
      while !rest.isEmpty {
        let origin = began ?? (clock.now, rest[rest.startIndex].record.timeMicroseconds)
        began = origin
        // Those that are due by now, and at least the next one.
        var ready = 0
        while ready < rest.count {
          let next = rest[rest.startIndex + ready].record.timeMicroseconds
          guard let due = pace.due(after: next - origin.event) else {
            ready += 1
            continue
          }
          let at = origin.clock.advanced(by: due)
          let ahead = clock.now.duration(to: at)
          if ahead > .zero {
            if ready > 0 { break }
            guard try await wait(until: at, clock, stopped) else { return tally }
          } else {
            tally.latest = max(tally.latest, .zero - ahead)
          }
          ready += 1
        }
        let events = Array(rest.prefix(ready))
        rest = rest.dropFirst(ready)
        try await tell(events)
        tally.events += events.count
        tally.bytes += events.reduce(0) { $0 + $1.record.body.count }
        progress(tally)
        if stopped() { return tally }
      }
    }
    return tally
  }

  /// Whether it was not stopped meanwhile.
  private func wait<C: Clock<Duration>>(
    until instant: C.Instant, _ clock: C, _ stopped: @Sendable () -> Bool
  ) async throws -> Bool {
    while clock.now < instant {
      if stopped() { return false }
      let slice = min(clock.now.duration(to: instant), .milliseconds(100))
      try await clock.sleep(until: clock.now.advanced(by: slice), tolerance: nil)
    }
    return true
  }
}
