// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a server says, on its way to a terminal or a log.
enum ServerText {
  /// In one line of at most `limit` characters: what would steer a terminal, end the line or turn the direction
  /// of writing becomes a space. O(length).
  static func shown(_ text: String, limit: Int = 500) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line)
  }
}
