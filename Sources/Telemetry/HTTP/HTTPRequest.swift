// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The head of a request, as far as we look at one: which method on which path.
package struct HTTPRequest: Hashable, Sendable {
  package enum Method: Hashable, Sendable { case get, head, other }

  /// What becomes of bytes that came.
  package enum Reading: Hashable, Sendable {
    /// The head is not whole yet.
    case incomplete
    case request(HTTPRequest)
    /// No request that we take; the status to answer with.
    case refused(Int)
  }

  /// A request line and a head longer than these are refused.
  static let longestLine = 2_048
  static let longestHead = 8_192
  static let mostFields = 64

  package let method: Method
  /// Without the query.
  package let path: String

  package init(method: Method, path: String) {
    self.method = method
    self.path = path
  }

  /// Reads what has come so far. O(bytes).
  ///
  /// Strict, as RFC 9112 allows: lines end in CR LF, fields are names of token characters with a colon right
  /// behind, nothing is folded, no control character anywhere. A body is refused: no request of ours has one.
  package static func read(_ bytes: [UInt8]) -> Reading {
    if (bytes.firstIndex(of: 0x0A) ?? bytes.count) > longestLine { return .refused(414) }
    guard let end = headEnd(bytes) else {
      // A line that ends otherwise will never make a head: no need to wait for more.
      let isOdd = bytes.indices.contains {
        bytes[$0] == 0x0A && ($0 == 0 || bytes[$0 - 1] != 0x0D)
      }
      return bytes.count > longestHead ? .refused(431) : isOdd ? .refused(400) : .incomplete
    }
    guard end <= longestHead else { return .refused(431) }
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < end {
      guard let feed = bytes[start...].firstIndex(of: 0x0A), feed > start, bytes[feed - 1] == 0x0D
      else { return .refused(400) }
      lines.append(bytes[start..<feed - 1])
      start = feed + 1
    }
    guard let first = lines.first, lines.count - 1 <= mostFields else {
      return .refused(lines.isEmpty ? 400 : 431)
    }
    guard lines.allSatisfy(isPlain) else { return .refused(400) }
    return head(first, fields: lines.dropFirst())
  }

  private static func head(
    _ line: ArraySlice<UInt8>, fields: ArraySlice<ArraySlice<UInt8>>
  ) -> Reading {
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isToken),
      words[1].first == 0x2F, words[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return .refused(400) }
    guard words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8)
    else { return .refused(words[2].starts(with: "HTTP/".utf8) ? 505 : 400) }
    for field in fields {
      guard let colon = field.firstIndex(of: 0x3A), colon > field.startIndex,
        field[..<colon].allSatisfy(isToken)
      else { return .refused(400) }
      let name = String(decoding: field[..<colon], as: UTF8.self).lowercased()
      let value = field[(colon + 1)...].filter { $0 != 0x20 && $0 != 0x09 }
      if name == "transfer-encoding" { return .refused(400) }
      if name == "content-length", !value.elementsEqual("0".utf8) { return .refused(400) }
    }
    let method: Method =
      words[0].elementsEqual("GET".utf8)
      ? .get : words[0].elementsEqual("HEAD".utf8) ? .head : .other
    let path = words[1].prefix { $0 != 0x3F }
    return .request(HTTPRequest(method: method, path: String(decoding: path, as: UTF8.self)))
  }

  /// Where the head's last line ends; `nil` while it has not come.
  private static func headEnd(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for place in 3..<bytes.count
    where bytes[place] == 0x0A && bytes[place - 1] == 0x0D && bytes[place - 2] == 0x0A
      && bytes[place - 3] == 0x0D
    {
      return place - 1
    }
    return nil
  }

  private static func isPlain(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }
}
