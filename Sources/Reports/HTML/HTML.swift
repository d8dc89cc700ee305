// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A piece of a page. What is interpolated into it is text and stays text; only literals and other pieces
/// are markup. So no string from a file can become part of the page's structure.
package struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
  package let markup: String

  private init(markup: String) { self.markup = markup }

  package init(stringLiteral value: String) { markup = value }

  package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  /// Text, whatever it holds.
  package init(text: String) { markup = Self.escaped(text) }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { markup += literal }

    package mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }

    package mutating func appendInterpolation(_ number: Int) { markup += String(number) }

    package mutating func appendInterpolation(_ piece: HTML) { markup += piece.markup }

    package mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { markup += piece.markup }
    }
  }

  /// `text` for the body of an element or a quoted attribute.
  package static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      // No control character has a meaning here, and writing direction must not spill over.
      case "\u{0}"..<"\u{9}", "\u{B}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{202A}"..<"\u{202F}",
        "\u{2066}"..<"\u{206A}":
        out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// JSON as the content of a script element that is not run: it means the same, and nothing in it can
  /// end the element. These characters stand in strings only, where an escape is as good.
  package static func data(_ json: String, id: String) -> HTML {
    var out = ""
    for scalar in json.unicodeScalars {
      switch scalar {
      case "<": out += "\\u003c"
      case ">": out += "\\u003e"
      case "&": out += "\\u0026"
      case "\u{2028}": out += "\\u2028"
      case "\u{2029}": out += "\\u2029"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return "<script type=\"application/json\" id=\"\(id)\">\(HTML(markup: out))</script>\n"
  }

  /// Style or script of our own, which must not end its element.
  static func asset(_ text: String) -> HTML {
    precondition(!text.contains("</"), "an asset must not hold the end of an element")
    return HTML(markup: text)
  }

  package static func + (a: HTML, b: HTML) -> HTML { HTML(markup: a.markup + b.markup) }
}

extension [HTML] {
  /// The pieces in one, with `separator` between.
  package func joined(_ separator: HTML = "") -> HTML {
    var all: HTML = ""
    for (index, piece) in enumerated() { all = index == 0 ? piece : all + separator + piece }
    return all
  }
}
