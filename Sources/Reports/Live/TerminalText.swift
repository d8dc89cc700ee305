// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Text as a terminal shows it: measured in columns, and unable to do anything but be shown.
enum TerminalText {
  /// `text` with what is no letter, such as control characters and marks of direction, as `\u{1b}`.
  static func plain(_ text: String) -> String {
    // Nearly all names are plain already, and a picture is drawn four times a second.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      if isHarmless(scalar) {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return out
  }

  /// Exactly `width` columns: cut with an ellipsis, or filled with blanks.
  static func fitted(_ text: String, _ width: Int, right: Bool = false) -> String {
    guard width > 0 else { return "" }
    let length = columns(text)
    if length <= width {
      let blanks = String(repeating: " ", count: width - length)
      return right ? blanks + text : text + blanks
    }
    var out = ""
    var used = 0
    for character in text {
      let next = columns(character)
      if used + next > width - 1 { break }
      out.append(character)
      used += next
    }
    return out + "…" + String(repeating: " ", count: max(0, width - used - 1))
  }

  static func columns(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns($1) }
  }

  /// Without blanks at the end.
  static func trimmed(_ text: String) -> String {
    let end = text.utf8.lastIndex { $0 != 0x20 }
    return end.map { String(text[...$0]) } ?? ""
  }

  private static func columns(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.properties.isEmojiPresentation { return 2 }
    switch first.value {
    // Combining marks that begin a text, and blocks that are two columns wide.
    case 0x300...0x36F: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
