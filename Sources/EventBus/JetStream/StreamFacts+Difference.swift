// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension StreamFacts {
  /// The first setting that is not as wanted, with both values and what helps; `nil` where all is well.
  func difference(from wanted: StreamSettings) -> String? {
    if !acknowledges {
      return "the stream acknowledges nothing (no_ack); make it anew without that"
    }
    if isSealed { return "the stream is sealed and takes nothing more; name another stream" }
    for subject in wanted.subjects where !subjects.contains(where: { Self.covers($0, subject) }) {
      let found = ServerText.shown(subjects.joined(separator: ", "))
      return """
        the stream takes \(found), but \(subject) is wanted; give prefix= or kinds=, or add the subject to \
        the stream
        """
    }
    func differs<Value: Equatable>(
      _ name: String, _ wanted: Value?, _ found: Value?, _ text: (Value) -> String
    ) -> String? {
      guard let wanted, let found, wanted != found else { return nil }
      return """
        the stream has \(name)=\(text(found)), but \(name)=\(text(wanted)) is wanted; leave that out of \
        the location, or change the stream
        """
    }
    return differs("replicas", wanted.replicas, settings.replicas) { "\($0)" }
      ?? differs("storage", wanted.storage, settings.storage) { $0.rawValue }
      ?? differs("discard", wanted.discard, settings.discard) { $0.rawValue }
      ?? differs("max-bytes", wanted.maximumBytes, settings.maximumBytes, Self.limit)
      ?? differs("max-messages", wanted.maximumMessages, settings.maximumMessages, Self.limit)
      ?? differs("max-age", wanted.maximumAge, settings.maximumAge, Self.time)
      ?? differs("duplicates", wanted.duplicates, settings.duplicates, Self.time)
  }

  /// Whether a stream's subject takes all that `wanted`, which ends in `>`, stands for.
  static func covers(_ subject: String, _ wanted: String) -> Bool {
    let have = subject.split(separator: ".")
    let want = wanted.split(separator: ".")
    for (index, token) in have.enumerated() {
      if token == ">" { return true }
      guard index < want.count, want[index] != ">", token == "*" || token == want[index] else {
        return false
      }
    }
    return false
  }

  private static func limit(_ value: Int64) -> String { value < 0 ? "unlimited" : "\(value)" }

  private static func time(_ value: Duration) -> String {
    value == .zero ? "unlimited" : "\(value.components.seconds)s"
  }

  /// What an acknowledgement of this stream is worth, in a user's words.
  var durability: String {
    let replicas = settings.replicas ?? 1
    let memory =
      replicas > 1 ? "acknowledged by a quorum's memory" : "acknowledged by one server's memory"
    switch settings.storage {
    case .memory: return memory + ", never on disk"
    // The server does not tell clients how often it syncs.
    default: return memory + ", synced to disk at the server's sync_interval"
    }
  }
}
