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
    if parked > 0 { line += ", \(Text.count(parked)) parked" }
    if let server { line += " (\(server))" }
    return line
  }

  /// What did not arrive, why, and how to send it; `nil` when everything did.
  package func shortfall(outbox: String) -> String? {
    let command = "`sightline bus forward --outbox \(outbox) --to \(target)"
    var words: [String] = []
    if let failure { words.append("forwarding ended early: \(failure)") }
    if waiting > 0 {
      words.append(
        "\(waiting) events wait in \(outbox)\(trouble.map { ": \($0)" } ?? ""); send them with "
          + "\(command)`")
    }
    if parked > 0 {
      words.append(
        "\(parked) events could not be delivered and are parked in \(outbox)"
          + "\(parkedReason.map { ": \($0)" } ?? ""); try them again with \(command) --retry-parked`"
      )
    }
    if failure != nil, waiting == 0 { words.append("what is missing is sent by \(command)`") }
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }
}
