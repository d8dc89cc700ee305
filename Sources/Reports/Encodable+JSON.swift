// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import FoundationEssentials

extension Encodable {
  /// One JSON object, indented, keys in order: for `--json`.
  package func json(snakeCase: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    if snakeCase {
      encoder.keyEncodingStrategy = .custom { SnakeCaseKey($0.last?.stringValue ?? "") }
    }
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

/// `uncorrectedP99MS` as `uncorrected_p99_ms`: Foundation's own strategy makes `p99ms` of it, but `p50_ms` of
/// `p50MS`.
private struct SnakeCaseKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) {
    let letters = Array(name)
    var text = ""
    for (index, letter) in letters.enumerated() {
      if letter.isUppercase, index > 0, letters[index - 1] != "_" {
        let endsRun = index + 1 < letters.count && letters[index + 1].isLowercase
        if !letters[index - 1].isUppercase || endsRun { text += "_" }
      }
      text += letter.lowercased()
    }
    stringValue = text
  }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
