// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension HTML {
  /// A table whose first column heads its rows, in a frame that scrolls where a phone is too narrow.
  static func table(
    _ caption: String, _ head: [String], _ rows: [[HTML]], kind: String = "", tall: Bool = false
  ) -> HTML {
    let heads = head.map { "<th scope=\"col\">\($0)</th>" as HTML }
    let body = rows.map { row -> HTML in
      let cells = row.enumerated().map { index, cell -> HTML in
        index == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="scroll\(tall ? " tall" : "")" tabindex="0" role="region" aria-label="\(caption)">
      <table class="\(kind)"><caption>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(body)</tbody></table></div>

      """
  }

  static func table(_ caption: String, _ head: [String], _ rows: [[String]]) -> HTML {
    table(caption, head, rows.map { $0.map(HTML.init(text:)) })
  }

  /// A table that the sliders fill.
  static func liveTable(_ id: String, _ caption: String, tall: Bool = false) -> HTML {
    """
    <div class="scroll\(tall ? " tall" : "")" tabindex="0" role="region" aria-label="\(caption)">
    <table id="\(id)"><caption>\(caption)</caption><thead></thead><tbody></tbody></table></div>

    """
  }

  /// A chart's table, folded away until asked for, and open on paper.
  static func folded(_ title: String, _ content: HTML) -> HTML {
    "<details class=\"table\"><summary>\(title)</summary>\n\(content)</details>\n"
  }

  static func section(_ id: String, _ title: String, _ content: HTML) -> HTML {
    """
    <section id="\(id)" aria-labelledby="\(id)-title">
    <h2 id="\(id)-title">\(title)</h2>
    \(content)</section>

    """
  }

  static func paragraph(_ words: String, kind: String = "") -> HTML {
    // A number stays with its unit.
    let text = words.replacing(" %", with: "\u{A0}%")
    return kind.isEmpty ? "<p>\(text)</p>\n" : "<p class=\"\(kind)\">\(text)</p>\n"
  }

  /// A frame for a chart, with its title; without a script not there where its table is `live` too.
  static func figure(_ id: String, _ title: String, _ table: HTML, live: Bool = false) -> HTML {
    """
    <figure\(live ? " class=\"needs-script\"" as HTML : "")>
    <figcaption>\(title)</figcaption>
    <div class="frame needs-script" id="\(id)"></div>
    \(table)</figure>

    """
  }
}
