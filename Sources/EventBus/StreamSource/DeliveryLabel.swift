// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a server writes of a delivery on the subject that it is acknowledged by:
/// `$JS.ACK.<stream>.<consumer>.<times>.<place>.<number>.<time>.<waiting>`, or, from later servers, with a domain
/// and an account behind `ACK` and more at the end (NATS ADR-15).
package struct DeliveryLabel: Hashable, Sendable {
  /// The message's place on the stream.
  package let sequence: Int64
  /// Counts what the consumer has handed over.
  package let number: Int64
  package let isFirst: Bool

  /// `nil` for another subject.
  package init?(_ subject: String) {
    let tokens = subject.split(separator: ".", omittingEmptySubsequences: false)
    guard tokens.count == 9 || tokens.count >= 11, tokens[0] == "$JS", tokens[1] == "ACK" else {
      return nil
    }
    let first = tokens.count == 9 ? 4 : 6
    guard let times = Int64(tokens[first]), times > 0, let sequence = Int64(tokens[first + 1]),
      sequence > 0, let number = Int64(tokens[first + 2]), number > 0
    else { return nil }
    self.sequence = sequence
    self.number = number
    isFirst = times == 1
  }
}
