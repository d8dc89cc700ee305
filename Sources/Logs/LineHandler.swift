// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Logging

/// Writes what swift-log gives as lines, of text or of JSON.
struct LineHandler: LogHandler {
  let format: LogFormat
  let write: @Sendable (String) -> Void
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .notice

  init(format: LogFormat, write: @escaping @Sendable (String) -> Void) {
    self.format = format
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var details = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let code = details.removeValue(forKey: "code").map { "\($0)" }
    write(
      LogLine(
        time: LogLine.now(), level: event.level.rawValue, code: code,
        message: "\(event.message)", details: details.mapValues { "\($0)" }
      ).text(format))
  }
}

/// One line of a log.
struct LogLine {
  /// UTC, to the millisecond.
  let time: String
  let level: String
  let code: String?
  let message: String
  let details: [String: String]

  /// Without the end of the line; no value can end it either.
  func text(_ format: LogFormat) -> String {
    let keys = details.keys.sorted()
    switch format {
    case .text:
      let parts = keys.map { " \($0)=\(Self.quoted(details[$0] ?? ""))" }
      return "\(time) \(level) \(code.map { $0 + ": " } ?? "")" + Self.plain(message)
        + parts.joined()
    case .json:
      var fields = [("time", time), ("level", level)]
      if let code { fields.append(("code", code)) }
      fields.append(("message", message))
      let reserved = Set(fields.map(\.0))
      fields += keys.map { (reserved.contains($0) ? "_" + $0 : $0, details[$0] ?? "") }
      return "{" + fields.map { Self.json($0) + ":" + Self.json($1) }.joined(separator: ",") + "}"
    }
  }

  static func now() -> String {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    var parts = unsafe tm()
    unsafe gmtime_r(&time.tv_sec, &parts)
    func padded(_ value: Int, _ digits: Int = 2) -> String {
      let text = "\(value)"
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let date = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
    let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
    return date.map { padded(Int($0)) }.joined(separator: "-") + "T"
      + clock.map { padded(Int($0)) }.joined(separator: ":")
      + ".\(padded(time.tv_nsec / 1_000_000, 3))Z"
  }

  /// As it is where that is one word, else in quotes.
  private static func quoted(_ value: String) -> String {
    let isWord =
      !value.isEmpty
      && value.unicodeScalars.allSatisfy {
        $0.value > 0x20 && $0.value < 0x7F && $0 != "\"" && $0 != "=" && $0 != "\\"
      }
    return isWord ? value : json(value)
  }

  /// Without characters that move a cursor or end a line.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "\u{FFFD}" : $0
        }))
  }

  private static func json(_ value: String) -> String {
    var out = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
