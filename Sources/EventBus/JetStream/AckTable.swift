// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What was published and not acknowledged, by the token that the answer comes back with.
///
/// A token is a place in a table and how often that was used: an answer that comes after its time meets
/// another use, and is told from the one that is waited for. O(1) each, no hashing, memory by the most that
/// ever was under way.
package struct AckTable {
  private struct Place {
    var use = 0
    /// `nil` while nothing waits here.
    var waiting: (ticket: Int, subject: String, since: ContinuousClock.Instant)?
  }

  /// 2^20 places: far above what may be under way.
  private static let bits = 20

  private var places: [Place] = []
  private var free: [Int] = []

  package init() {}

  package var count: Int { places.count - free.count }

  /// The token for an event that is published now; `nil` when there are too many.
  package mutating func expect(
    _ ticket: Int, on subject: String, at now: ContinuousClock.Instant
  ) -> Int? {
    let index: Int
    if let last = free.popLast() {
      index = last
    } else {
      guard places.count < 1 << Self.bits else { return nil }
      index = places.count
      places.append(Place())
    }
    places[index].waiting = (ticket, subject, now)
    return places[index].use << Self.bits | index
  }

  /// The ticket that waited under `token`; it waits no more. `nil` for an answer that nobody waits for.
  package mutating func settle(_ token: Int) -> Int? {
    let index = token & (1 << Self.bits - 1)
    guard places.indices.contains(index), places[index].use == token >> Self.bits,
      let ticket = places[index].waiting?.ticket
    else { return nil }
    empty(index)
    return ticket
  }

  /// Takes out the tickets published to `subject`. O(most ever under way), as the next.
  package mutating func settleAll(on subject: String) -> [Int] {
    settleAll { name, _ in name == subject }
  }

  /// Takes out the tickets published before `instant`.
  package mutating func settleAll(before instant: ContinuousClock.Instant) -> [Int] {
    settleAll { _, since in since < instant }
  }

  private mutating func settleAll(
    _ matches: (String, ContinuousClock.Instant) -> Bool
  ) -> [Int] {
    var tickets: [Int] = []
    for index in places.indices {
      guard let waiting = places[index].waiting, matches(waiting.subject, waiting.since) else {
        continue
      }
      tickets.append(waiting.ticket)
      empty(index)
    }
    return tickets
  }

  private mutating func empty(_ index: Int) {
    places[index].waiting = nil
    places[index].use += 1
    free.append(index)
  }
}
