// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus

/// Tells on standard error how forwarding goes.
enum ForwardProgress {
  @Sendable static func observe(_ event: ForwardObservation) {
    switch event {
    case .connected(let server): Console.note("forwarding to \(server)")
    case .trouble(let error): Console.note("sightline: \(error); events wait in the outbox")
    case .recovered: Console.note("forwarding again")
    case .progress: break
    }
  }

  /// What is told of a location before it is used.
  static func warn(_ location: NATSLocation) {
    guard location.passwordInText != nil else { return }
    Console.note(
      "sightline: a password in a location is seen by everyone who lists processes; "
        + "use \(NATSLocation.passwordVariable) or password-file=")
  }
}
