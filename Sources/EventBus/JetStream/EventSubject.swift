// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files

/// The NATS subject of an event: `<prefix>.<kind>.<site>.<camera>`. What a sighting's phase is stands in
/// the event, not here, so that a camera's sightings keep one order.
package enum EventSubject {
  /// The kind in a type such as `org.sightline.sighting.opened`; `event` for other types.
  package static func kind(ofType type: String) -> String {
    let parts = type.split(separator: ".")
    guard parts.count >= 3, parts[0] == "org", parts[1] == "sightline" else { return "event" }
    return token(String(parts[2]))
  }

  /// The deployment in the event's `source`, `urn:sightline:<deployment>:camera:<camera>`; `local` for
  /// an event that has none. O(bytes), without parsing: a quoted key cannot stand inside a JSON string.
  package static func site(ofBody body: [UInt8]) -> String {
    String(decoding: site(inBody: body), as: UTF8.self)
  }

  /// The same as bytes, mostly of the body itself.
  static func site(inBody body: [UInt8]) -> ArraySlice<UInt8> {
    // From the end, since the envelope's keys after `data` are short.
    var index = body.count
    while index >= sourceKey.count {
      if let site = site(inBody: body, at: index) { return site }
      index -= 1
    }
    return local[...]
  }

  /// The site that begins at `index`, if the key stands before it. A quoted key cannot stand inside a JSON
  /// string, so there is no doubt whether it is one.
  static func site(inBody body: [UInt8], at index: Int) -> ArraySlice<UInt8>? {
    let start = index - sourceKey.count
    guard start >= 0, index <= body.count, body[start] == sourceKey[0],
      body[start + 1] == sourceKey[1], body[start..<index].elementsEqual(sourceKey)
    else { return nil }
    return body[index...].prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "\"") }
  }

  private static let local = Array("local".utf8)
  private static let sourceKey = Array("\"source\":\"urn:sightline:".utf8)

  /// `text` as a part of a subject: letters, digits, `-` and `_`, at most 64. What had to be changed gets
  /// some digits of a digest, so that no two cameras meet under one subject.
  package static func token(_ text: String) -> String {
    if isToken(text), text.utf8.count <= 64 { return text }
    let plain = text.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }
    let digest = SHA256Digest(of: text).prefix(4)
    return String(decoding: plain.prefix(48), as: UTF8.self) + "-" + digest
  }

  /// Whether `text` may stand in a subject as it is.
  static func isToken(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isPlain)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}
