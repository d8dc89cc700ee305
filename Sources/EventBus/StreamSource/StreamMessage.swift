// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A message as a stream has it.
package struct StreamMessage: Hashable, Sendable {
  /// Its place on the stream, from 1; places may be missing.
  package let sequence: Int64
  package let subject: String
  package let body: [UInt8]

  package init(sequence: Int64, subject: String, body: [UInt8] = []) {
    self.sequence = sequence
    self.subject = subject
    self.body = body
  }
}

/// A message as a consumer of the stream hands it over.
package struct Delivery: Hashable, Sendable {
  package let message: StreamMessage
  /// Counts what the consumer has handed over, to whomever, from 1 and without gaps.
  package let number: Int64
  /// Whether it hands the message over for the first time.
  package let isFirst: Bool

  package init(_ message: StreamMessage, number: Int64, isFirst: Bool) {
    self.message = message
    self.number = number
    self.isFirst = isFirst
  }
}

/// How far a consumer of a stream has come, in the server's words.
package struct ConsumerStanding: Hashable, Sendable {
  /// Everything up to this place was acknowledged.
  package var acknowledged: Int64
  /// The last place that was handed over ...
  package var delivered: Int64
  /// ... and how many times something was.
  package var deliveries: Int64
  /// Messages that were handed over and not acknowledged; these come again after a while.
  package var open: Int
  /// Messages that are still to be handed over.
  package var waiting: Int

  package init(
    acknowledged: Int64, delivered: Int64, deliveries: Int64, open: Int, waiting: Int
  ) {
    self.acknowledged = acknowledged
    self.delivered = delivered
    self.deliveries = deliveries
    self.open = open
    self.waiting = waiting
  }
}
