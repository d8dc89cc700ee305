// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Pipeline

/// How another bus that events are forwarded to is doing.
package struct ForwardingFacts: Hashable, Sendable {
  /// Events that it has not acknowledged: they wait in the outbox.
  package var waiting: Int
  /// Since when it is away; `nil` while it is there.
  package var awaySeconds: Double?

  package init(waiting: Int, awaySeconds: Double? = nil) {
    self.waiting = waiting
    self.awaySeconds = awaySeconds
  }
}

/// Whether a pipeline does now what it is there for, as `/readyz` tells it.
///
/// Ready means that gallery and log are open, that frames of its cameras are taken, and that events become
/// durable on the log. Another bus that they are forwarded to is no part of it: while that is away they wait in
/// the outbox, which is what an outbox is for, and no restart of ours would bring it back. So it is told, and
/// changes nothing.
package struct Readiness: Hashable, Sendable {
  package let isReady: Bool
  /// Lines: `ready`, or why not; then what else is to be known.
  package let text: String

  /// - Parameter stuckSeconds: for how long the log has taken no event that waits; `nil` while it takes them.
  package init(
    _ phase: PipelineSnapshot.Phase, stuckSeconds: Double?, forwarding: ForwardingFacts?
  ) {
    let reason: String? =
      switch phase {
      case .opening: "opening the gallery and the bus"
      case .stopping: "stopping"
      case .ended: "ended"
      case .running:
        stuckSeconds.map { "the log has taken no event for \(Int($0)) s: is its disk slow?" }
      }
    isReady = reason == nil
    var lines = [reason ?? "ready"]
    if let forwarding, let away = forwarding.awaySeconds {
      lines.append(
        "the bus that events are forwarded to has been away for \(Int(away)) s: \(forwarding.waiting) "
          + "wait in the outbox")
    }
    text = lines.map { $0 + "\n" }.joined()
  }
}
