// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import FoundationEssentials

/// Events as JSON: sorted keys, no space, slashes as they are; the same value gives the same bytes.
package enum EventJSON {
  /// The value's UTF-8 bytes. Throws `EncodingError` for a number JSON has no word for.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  /// Reads a value, passing over fields it does not know. Throws `DecodingError`.
  package static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value
  {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}

extension SightingEvent {
  /// Reads what `json` wrote, and what later versions may add to it.
  package init(json: [UInt8]) throws { self = try EventJSON.decode(SightingEvent.self, json) }
}
