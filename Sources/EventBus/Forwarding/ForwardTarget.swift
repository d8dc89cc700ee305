// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What became of one event that was handed over, or of the session.
package enum ForwardOutcome: Sendable {
  /// The other bus has it: now, or since an earlier try.
  case stored(duplicate: Bool)
  /// It has not, or did not say so in time; try again.
  case failed(BusError)
  /// It never will take this event, such as one that is too large.
  case refused(BusError)
  /// It does not take this event, and may take others: their outcomes tell which of the two is at fault.
  case denied(BusError)
}

/// One event on its way out, with a number that its outcome is told by.
package struct ForwardItem: Sendable {
  package let ticket: Int
  package let event: StoredEvent
  /// Since when it may be there, from an earlier try; `nil` for one that was never handed over.
  package var doubtful: ContinuousClock.Instant?
}

/// What a session tells, from any thread; receivers must not block.
package protocol ForwardReceiver: AnyObject, Sendable {
  func settled(_ ticket: Int, _ outcome: ForwardOutcome)
  /// Something is wrong that outcomes will not tell, or not soon.
  func warned(_ error: BusError)
  /// The session is over; what has not been settled will not be.
  func lost(_ error: BusError)
}

/// A bus that events can be forwarded to.
package protocol ForwardTarget: Sendable {
  /// The location without secrets, for people.
  var name: String { get }
  /// Whether events of this type are meant for it.
  func takes(type: String) -> Bool
  /// Where on the other bus the event goes: it can be asked for the last one of a place.
  func place(of record: BusRecord) -> String
  /// Connects once. Throws `unreachable` for what may pass by itself, other codes for what a user must
  /// put right.
  func connect(_ receiver: any ForwardReceiver) async throws(BusError) -> any ForwardSession
}

package protocol ForwardSession: Sendable {
  /// Server, durability and what else a user should know, in one line.
  var description: String { get }
  /// How long the other bus remembers ids, to drop what is sent twice.
  var memory: Duration { get }

  /// Hands events over in this order; every one of them is settled, unless the session is lost.
  func publish(_ items: [ForwardItem]) async

  /// Settles as failed what has had no answer for too long. Called many times a second.
  func giveUp(at now: ContinuousClock.Instant)

  /// By ticket, the id of the last event that the other bus has at the item's place; without an entry
  /// where it has none.
  func lastIDs(_ items: [ForwardItem]) async throws(BusError) -> [Int: String]

  /// Ends it; nothing is told afterwards.
  func close() async
}

extension ForwardSession {
  package func giveUp(at now: ContinuousClock.Instant) {}
}
