// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Synchronization

/// Tells on standard error how reading a stream goes.
final class SourceProgress: Sendable {
  /// Messages that are told one by one; of more, only how many.
  private static let told = 10

  private let skipped = Mutex(0)

  func observe(_ event: SourceObservation) {
    switch event {
    case .connected(let server): Console.note("reading from \(server)")
    case .trouble(let error): Console.note("sightline: \(error); what was carried is in the log")
    case .skipped(let subject, let sequence, let reason):
      let count = skipped.withLock { skipped in
        skipped += 1
        return skipped
      }
      if count <= Self.told {
        Console.note("sightline: message \(sequence) on \(subject) is skipped: \(reason)")
      } else if count == Self.told + 1 {
        Console.note("sightline: more messages are skipped; they are only counted from here on")
      }
    }
  }
}
