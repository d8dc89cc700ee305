// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// Where a bus is, as a user writes it: `sqlite:PATH`, a bare path ending in `.db` or `.sqlite`, or
/// `nats://…` and `tls://…`.
package enum BusLocation: Hashable, Sendable, CustomStringConvertible {
  /// A SQLite file on this host. Not on a network file system: its locks do not hold there.
  case sqlite(FilePath)
  /// A stream on NATS JetStream.
  case nats(NATSLocation)

  /// Throws `unknownLocation`, listing what is known.
  package init(_ text: String) throws(BusError) {
    let known =
      "known are sqlite:PATH, bare paths ending in .db or .sqlite, and nats://HOST/STREAM"
    if let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) {
      let scheme = text[..<colon].lowercased()
      if scheme == "nats" || scheme == "tls" {
        self = .nats(
          try NATSLocation(
            rest: text[text.index(after: colon)...], secure: scheme == "tls"))
        return
      }
      guard scheme == "sqlite" else {
        throw BusError(.unknownLocation, "no bus of the kind '\(scheme):' is built in; \(known)")
      }
      let path = FilePath(String(text[text.index(after: colon)...]))
      guard !path.isEmpty else {
        throw BusError(.unknownLocation, "'\(text)' names no file; write sqlite:PATH")
      }
      self = .sqlite(path)
    } else if text.hasSuffix(".db") || text.hasSuffix(".sqlite") {
      self = .sqlite(FilePath(text))
    } else {
      // With an @ it may hold a password.
      let name = text.contains("@") ? "this" : "'\(text)'"
      throw BusError(.unknownLocation, "\(name) names no bus; \(known)")
    }
  }

  package var description: String {
    switch self {
    case .sqlite(let path): "sqlite:\(path)"
    case .nats(let location): location.description
    }
  }

  /// As in RFC 3986: a letter, then letters, digits, `+`, `-` and `.`.
  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, (first | 0x20) >= 0x61, (first | 0x20) <= 0x7a else {
      return false
    }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
  }
}
