// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Puts what a consumer of a stream hands over back into the stream's order, each message once: a pure state
/// machine.
///
/// What was handed over and not acknowledged, such as by a process that was killed, a server brings again only
/// after a while, behind later messages; taken as it comes, it would stand behind them for good. So places
/// that were handed over elsewhere are read from the stream itself before anything later, and what comes
/// of them afterwards is only acknowledged. That holds however deliveries are lost, doubled or shared
/// with another reader.
package struct DeliveryOrder: Sendable {
  /// What to do next.
  package enum Step: Hashable, Sendable {
    /// Read these places from the stream; those that are no more, or of other subjects, count for nothing.
    case read(ClosedRange<Int64>)
    /// The next message.
    case message(Delivery)
    /// One that was before.
    case again(Delivery)
  }

  /// Everything up to here was handed on; `nil` before the first session.
  package private(set) var place: Int64?
  /// Where `place` will be after all steps that were given.
  private var planned: Int64 = 0
  /// Of the last delivery.
  private var number: Int64 = 0
  /// Whether something after `planned` may have been handed over elsewhere.
  private var mayMiss = false

  package init() {}

  /// A session begins, with the consumer where `standing` says; steps that were not taken count no more.
  /// `isSameStream` is false for one that was made anew meanwhile, whose places mean something else.
  package mutating func begin(
    _ standing: ConsumerStanding, isSameStream: Bool = true
  ) -> [Step] {
    if isSameStream, place != nil, isCaughtUp(standing) { return [] }
    let known = isSameStream ? place : nil
    // Without open messages the two are the same, but for what the stream had before the consumer.
    planned = known ?? (standing.open == 0 ? standing.delivered : standing.acknowledged)
    place = planned
    number = standing.deliveries
    mayMiss = false
    return read(through: standing.delivered)
  }

  /// What to do about the next deliveries of the session. O(their number).
  package mutating func take(_ deliveries: [Delivery]) -> [Step] {
    var steps: [Step] = []
    steps.reserveCapacity(deliveries.count)
    for delivery in deliveries {
      if delivery.number != number + 1 { mayMiss = true }
      number = delivery.number
      let sequence = delivery.message.sequence
      guard sequence > planned else {
        steps.append(.again(delivery))
        continue
      }
      // One that comes again was once handed over where we did not see it.
      if mayMiss || !delivery.isFirst { steps += read(through: sequence - 1) }
      // Those before a first delivery were handed over before it; those after one that comes again perhaps not.
      mayMiss = !delivery.isFirst
      planned = sequence
      steps.append(.message(delivery))
    }
    return steps
  }

  /// What to do when nothing comes, with the consumer where `standing` says: another reader may have been
  /// handed the last messages.
  package mutating func catchUp(_ standing: ConsumerStanding) -> [Step] {
    isCaughtUp(standing) ? [] : read(through: standing.delivered)
  }

  /// Whether every delivery that was made came here, and was handed on. The last place that a consumer tells may
  /// lie beyond, past messages of other subjects.
  private func isCaughtUp(_ standing: ConsumerStanding) -> Bool {
    standing.deliveries == number && place == planned
  }

  /// Everything up to `sequence` was handed on.
  package mutating func passed(_ sequence: Int64) { place = max(place ?? 0, sequence) }

  private mutating func read(through last: Int64) -> [Step] {
    guard last > planned else { return [] }
    defer { planned = last }
    return [.read((planned + 1)...last)]
  }
}
