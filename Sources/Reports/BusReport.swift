// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import EventBus

/// What `bus replay` and `bus bridge` carried.
package struct CarryReport: Codable, Hashable, Sendable {
  package var events: Int
  package var bytes: Int
  /// Events the target did not have ...
  package var appended: Int
  /// ... and those it had.
  package var duplicates: Int
  /// Messages of a stream that were no events, and are not carried.
  package var skipped: Int
  /// How far behind its time the latest event was told; absent when there was no pace.
  package var latestMS: Double?

  package init(
    events: Int, bytes: Int, appended: Int, duplicates: Int, skipped: Int = 0,
    latestMS: Double? = nil
  ) {
    self.events = events
    self.bytes = bytes
    self.appended = appended
    self.duplicates = duplicates
    self.skipped = skipped
    self.latestMS = latestMS
  }

  package var text: String {
    var text =
      "\(Text.count(events)) events (\(Text.bytes(bytes))): \(Text.count(appended)) appended, "
      + "\(Text.count(duplicates)) there already"
    if skipped > 0 { text += "; \(Text.count(skipped)) messages skipped" }
    if let latestMS { text += "; the latest came \(Text.milliseconds(latestMS)) ms late" }
    return text
  }
}

extension RetentionPolicy {
  /// In words, to follow the name of a bus.
  package var text: String {
    var limits: [String] = []
    if let maximumAge { limits.append("what came in the last \(Self.age(maximumAge))") }
    if let maximumEvents { limits.append("at most \(Text.count(maximumEvents)) events") }
    if let maximumBytes { limits.append("at most \(Text.bytes(maximumBytes))") }
    guard !limits.isEmpty else { return "keeps everything" }
    let full =
      switch whenFull {
      case .block: "when that is full of what consumers have not taken, it takes no more"
      case .dropOldest: "when it is full it drops the oldest, taken or not"
      }
    return "keeps \(limits.joined(separator: " and ")); \(full)"
  }

  private static func age(_ age: Duration) -> String {
    let seconds = age / .seconds(1)
    for (unit, length) in [("days", 86_400.0), ("hours", 3600), ("minutes", 60)]
    where seconds >= 2 * length {
      return "\(Text.amount(seconds / length)) \(unit)"
    }
    return "\(Text.amount(seconds)) seconds"
  }
}

extension LogSurvey {
  /// For people.
  package func text(of bus: String) -> String {
    var rows: [(String, String)] = [("events", eventsLine)]
    rows.append(("types", Self.list(types, most: 10)))
    rows.append(("cameras", camerasLine))
    rows.append(("open", "\(Text.count(open)) sightings"))
    rows.append(("runs", runs.isEmpty ? "none" : Self.list(runs, most: 5)))
    rows.append(
      (
        "file",
        "\(Text.bytes(bytes.file)), \(Text.bytes(bytes.used)) of it in use; WAL "
          + "\(Text.bytes(bytes.wal)); version \(version)"
      ))
    rows.append(("keeps", keepsLine))
    for consumer in consumers {
      var line =
        "\(consumer.name): at \(consumer.sequence), \(Text.count(consumer.lag)) events behind, "
        + "moved \(consumer.moved)"
      if consumer.lost > 0 { line += "; \(Text.count(consumer.lost)) LOST" }
      if consumer.parked > 0 {
        line +=
          "; \(Text.count(consumer.parked)) PARKED: \(consumer.parkedReason ?? "no reason kept")"
      }
      rows.append(("consumer", line))
    }
    return "\(bus)\n"
      + rows.map { "  " + $0.0 + String(repeating: " ", count: 10 - $0.0.count) + $0.1 }
      .joined(separator: "\n")
  }

  private var eventsLine: String {
    guard let firstPlace, let lastPlace, let earliest, let latest else { return "none" }
    return "\(Text.count(count)), places \(firstPlace) to \(lastPlace), \(earliest) to \(latest)"
  }

  private var camerasLine: String {
    cameras.count <= 8
      ? Self.list(cameras, most: 8)
      : "\(Text.count(cameras.count)), such as \(Self.list(cameras, most: 4))"
  }

  private var keepsLine: String {
    var policy = RetentionPolicy()
    policy.maximumAge = retention.maximumAgeSeconds.map { .seconds($0) }
    policy.maximumEvents = retention.maximumEvents
    policy.maximumBytes = retention.maximumBytes
    policy.whenFull = .init(rawValue: retention.whenFull) ?? .block
    let words = policy.text
    let line = words.hasPrefix("keeps ") ? String(words.dropFirst(6)) : words
    return retention.dropped == 0
      ? line : "\(line); \(Text.count(retention.dropped)) dropped so far"
  }

  /// `name 3, other 2`, the greatest first.
  private static func list(_ counts: [String: Int], most: Int) -> String {
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    let shown = sorted.prefix(most).map { "\($0.key) \(Text.count($0.value))" }
    return shown.joined(separator: ", ") + (sorted.count > most ? ", ..." : "")
  }
}
