// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What forwarding did, for summaries.
package struct ForwardReport: Codable, Hashable, Sendable {
  /// Where to, without secrets.
  package var target: String
  /// Events acknowledged by the other bus, duplicates included.
  package var forwarded = 0
  /// Of these, events that it had already.
  package var duplicates = 0
  /// Bytes of what was acknowledged.
  package var bytes = 0
  /// Events it will not take, kept in the outbox and marked there; the others went on.
  package var parked = 0
  /// Events of kinds that the other bus does not take.
  package var passedOver = 0
  /// Tries that were not acknowledged; each was followed by another, or the event waits.
  package var failures = 0
  package var connections = 0
  /// From the first event handed over to the last acknowledged.
  package var seconds = 0.0
  /// Events that are still in the outbox only.
  package var waiting = 0
  /// The server and what its acknowledgements are worth; `nil` if there was no connection.
  package var server: String?
  /// What was wrong last, if it still is.
  package var trouble: String?
  /// Why the last event was parked.
  package var parkedReason: String?
  /// What the outbox itself ended forwarding with, before its time.
  package var failure: String?

  /// Whether everything is where it belongs.
  package var isComplete: Bool { waiting == 0 && parked == 0 && failure == nil }

  /// Adds what was done when parked events were tried again, after everything else.
  package mutating func add(retried other: ForwardReport) {
    forwarded += other.forwarded
    duplicates += other.duplicates
    bytes += other.bytes
    failures += other.failures
    connections += other.connections
    seconds += other.seconds
    parked = other.parked + other.waiting
    parkedReason = other.parkedReason ?? other.trouble
    failure = failure ?? other.failure
  }

  private enum CodingKeys: String, CodingKey {
    case target, forwarded, duplicates, bytes, parked, failure
    case parkedReason = "parked_reason"
    case passedOver = "passed_over"
    case failures, connections, seconds, waiting, server, trouble
  }
}

/// What forwarding tells while it is under way; from any thread.
package enum ForwardObservation: Sendable {
  /// The server and what its acknowledgements are worth.
  case connected(String)
  /// Events wait in the outbox, and why. Told once for each reason, and again every half minute.
  case trouble(BusError)
  /// The other bus acknowledges again.
  case recovered
  case progress(forwarded: Int)
  /// The event of this id will not be taken, and is kept apart. Told once for each kind of reason.
  case parked(id: String, BusError)
}
