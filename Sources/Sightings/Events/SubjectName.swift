// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The pseudonymous name of a synthetic identity, `syn-` and its number in at least ten digits.
package enum SubjectName {
  private static let prefix = "syn-"

  package static func text(_ subject: UInt64) -> String {
    var digits: [UInt8] = []
    var rest = subject
    repeat {
      digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    while digits.count < 10 { digits.append(UInt8(ascii: "0")) }
    return prefix + String(decoding: digits.reversed(), as: UTF8.self)
  }

  /// The number in a name made by `text`; `nil` for any other text.
  package static func number(_ text: String) -> UInt64? {
    guard text.hasPrefix(prefix), let number = UInt64(text.dropFirst(prefix.count)),
      self.text(number) == text
    else { return nil }
    return number
  }
}

extension String {
  /// The text with zeros before it up to `width` characters.
  func leftPadded(to width: Int) -> String {
    String(repeating: "0", count: max(0, width - utf8.count)) + self
  }
}
