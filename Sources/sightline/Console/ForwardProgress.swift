// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Pipeline

/// Tells on standard error how forwarding goes.
enum ForwardProgress {
  @Sendable static func observe(_ event: ForwardObservation) {
    switch event {
    case .connected(let server): Console.note("forwarding to \(server)")
    case .trouble(let error): Console.note("sightline: \(error); events wait in the outbox")
    case .recovered: Console.note("forwarding again")
    case .progress: break
    case .parked(let id, let error):
      Console.note(
        "sightline: event \(id) is parked in the outbox, and others go on: \(error)")
    }
  }

  /// What is told of a location before it is used.
  static func warn(_ location: NATSLocation) {
    if location.passwordInText != nil {
      Console.note(
        "sightline: a password in a location is seen by everyone who lists processes; "
          + "use \(NATSLocation.passwordVariable) or password-file=")
    } else if location.mayShowToken {
      // Not the name itself.
      Console.note(
        "sightline: a name without a password, if it is a token, is seen by everyone who lists processes; "
          + "log in with nkey=, creds=, or a user and \(NATSLocation.passwordVariable)")
    }
  }
}

extension RunningForward {
  /// What was done, when it has ended; a stop gives it two seconds more.
  func value(stoppedBy stop: StopSignal) async -> ForwardReport {
    let watching = Task {
      while !stop.isRaised { try await Task.sleep(for: .milliseconds(20)) }
      finish(within: .seconds(2))
    }
    defer { watching.cancel() }
    return await value()
  }
}
