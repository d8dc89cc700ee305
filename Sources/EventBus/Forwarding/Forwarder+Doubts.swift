// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Events that may be on the other bus already. It drops what it gets twice for as long as it remembers ids;
/// for what is older than that, it is asked.
extension Forwarder {
  /// Questions that are asked before a stop and the time are looked at again.
  private static var questions: Int { 8 }

  /// Asks for the last events at these places, a few at a time: thousands of cameras at a distant server take
  /// long. `nil` if the time was up or the session lost before all was said.
  private func ask(
    _ items: [ForwardItem], _ session: any ForwardSession
  ) async throws(BusError) -> [Int: String]? {
    var last: [Int: String] = [:]
    var rest = items[...]
    while !rest.isEmpty {
      if isTimeUp || state.withLock({ $0.lost != nil }) { return nil }
      let some = Array(rest.prefix(Self.questions))
      last.merge(try await session.lastIDs(some)) { $1 }
      rest = rest.dropFirst(some.count)
    }
    return last
  }

  /// Asks the other bus what it has of the events that an earlier process may have sent. `false` if it did
  /// not say: then nothing may be sent.
  func settleDoubts(_ session: any ForwardSession) async -> Bool {
    let chains = state.withLock { $0.window.chains(target.place) }
    guard !chains.isEmpty else { return true }
    do throws(BusError) {
      guard let last = try await ask(chains.flatMap(\.items), session) else { return false }
      state.withLock { state in
        for chain in chains {
          // Where events are left out, an event says nothing of those before it.
          let items = store.isWhole ? chain.items : Array(chain.items.prefix(1))
          var ids = Set(items.compactMap { last[$0.ticket] })
          if !store.isWhole { ids.formIntersection(items.map(\.event.record.id)) }
          let count = state.window.found(ids, at: chain.head)
          state.report.forwarded += count
          state.report.duplicates += count
        }
      }
    } catch {
      tell(error)
      return false
    }
    return state.withLock { $0.lost == nil }
  }

  /// Those of `items`, in flight, that may be sent: the other bus is asked for what an earlier session sent,
  /// and for what was sent so long ago that it may have forgotten the id. One event of a camera is under way
  /// at a time, so that one would be the last at its place. `nil` if it did not say.
  func settle(
    _ items: [ForwardItem], _ session: any ForwardSession, began: ContinuousClock.Instant
  ) async -> [ForwardItem]? {
    let now = clock.now
    let old = items.filter { item in
      item.doubtful.map { $0 < began || $0.advanced(by: session.memory / 2) <= now } ?? false
    }
    guard !old.isEmpty else { return items }
    let last: [Int: String]
    do throws(BusError) {
      guard let answers = try await ask(old, session) else { return nil }
      last = answers
    } catch {
      tell(error)
      return nil
    }
    let there = Set(old.filter { last[$0.ticket] == $0.event.record.id }.map(\.ticket))
    state.withLock { state in
      for item in old where !there.contains(item.ticket) {
        state.window.isAbsent(item.ticket, at: now)
      }
    }
    for ticket in there { arrived(ticket, duplicate: true, found: true) }
    return there.isEmpty ? items : items.filter { !there.contains($0.ticket) }
  }
}
