// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus

extension ForwardReport {
  /// One line for a person.
  package var text: String {
    var line = "\(Text.count(forwarded)) events to \(target)"
    if duplicates > 0 { line += ", \(Text.count(duplicates)) there already" }
    if passedOver > 0 { line += ", \(Text.count(passedOver)) of other kinds passed over" }
    if failures > 0 { line += ", \(Text.count(failures)) tries failed" }
    if waiting > 0 { line += ", \(Text.count(waiting)) wait in the outbox" }
    if let server { line += " (\(server))" }
    return line
  }

  /// What waits, why, and how to send it.
  package func waitingText(outbox: String) -> String {
    "\(waiting) events wait in \(outbox)\(trouble.map { ": \($0)" } ?? ""); send them with "
      + "`sightline bus forward --outbox \(outbox) --to \(target)`"
  }
}
