// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Reports
import Testing

@Suite("Text in a page")
struct HTMLTests {
  static let hostile = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)", "<!--", "-->", "]]>", "&lt;b&gt;", "\u{2028}alert(1)\u{2029}",
    "<!--<script>", "</SCRIPT ", "</title>", "\u{0}\u{8}", "\u{202E}reversed", "`${1}`",
  ]

  @Test("No text becomes markup or leaves its attribute", arguments: hostile)
  func escapes(_ text: String) {
    let page: HTML = "<p title=\"\(text)\">\(text)</p>"
    let inner = page.markup.dropFirst("<p title=\"".count).dropLast("</p>".count)
    #expect(!inner.replacing("\">", with: "", maxReplacements: 1).contains { "<>\"'".contains($0) })
    #expect(!page.markup.unicodeScalars.contains("\u{202E}"))
    #expect(!page.markup.unicodeScalars.contains("\u{0}"))
  }

  @Test("Text reads back as it was")
  func roundTrip() {
    let page: HTML = "\("a < b & c > \"d\" 'e' é 漢 😀")"
    let plain = page.markup
      .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    #expect(plain == "a < b & c > \"d\" 'e' é 漢 😀")
  }

  @Test("Pieces stay markup, and are not escaped twice")
  func pieces() {
    let inner: HTML = "<b>\("1 < 2")</b>"
    let outer: HTML = "<p>\(inner)\([inner, inner])\(3)</p>"
    #expect(
      outer.markup
        == "<p><b>1 &lt; 2</b><b>1 &lt; 2</b><b>1 &lt; 2</b>3</p>")
  }

  @Test("Data cannot end its script element, and means the same", arguments: hostile)
  func data(_ text: String) throws {
    let json = String(decoding: try JSONEncoder().encode([text: text]), as: UTF8.self)
    let script = HTML.data(json, id: "x").markup
    let start = "<script type=\"application/json\" id=\"x\">"
    #expect(script.hasPrefix(start))
    #expect(script.hasSuffix("</script>\n"))
    let content = String(script.dropFirst(start.count).dropLast("</script>\n".count))
    #expect(!content.contains { "<>&\u{2028}\u{2029}".contains($0) })
    let back = try JSONDecoder().decode([String: String].self, from: Data(content.utf8))
    #expect(back == [text: text])
  }
}
