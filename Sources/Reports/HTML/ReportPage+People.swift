// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation

extension ReportPage {
  /// The sliders and what they move; without a script, the thresholds measured in a table.
  func peopleSection(_ data: ReportData) -> HTML {
    let content: HTML = """
      <p>A search system is set by a <dfn>threshold</dfn>: how alike two photos must be before it gives an \
      alert. Move it, and the size of the file, and see who pays.</p>
      <noscript><p>The sliders and charts need JavaScript. The tables on this page do not.</p></noscript>
      <div class="lab needs-script">
      <div class="figures">
      \(figure("wrong", "wrong-alerts", "of every 100 alerts are the wrong person"))
      \(figure("missed", "missed", "of every 100 listed people who pass are missed"))
      </div>
      \(controls(data))
      <div class="rest">
      <p id="live" class="unseen" role="status" aria-live="polite"></p>
      <p>Of strangers, who are on no list, <strong id="strangers"></strong> gives an \
      alert<span class="soft" id="strangers-range"></span>.</p>
      \(HTML.liveTable("day", "What that is in a day, with the cameras and faces assumed"))
      \(HTML.liveTable("denominators", "Two ways to quote the same wrong alerts; who quotes one should quote the other"))
      \(HTML.figure("det", "Fewer wrong alerts, more people missed (DET curve)", .folded("Table of this chart", .liveTable("det-table", "Error rates by threshold", tall: true))))
      \(HTML.figure("scores", "Scores of listed people and of strangers", .folded("Table of this chart", .liveTable("scores-table", "Share of searches by score", tall: true))))
      </div>
      </div>
      \(operatingTable)
      """
    return .section("people", "What it means for people", content)
  }

  private func figure(_ id: String, _ kind: String, _ words: String) -> HTML {
    """
    <div class="figure \(kind)"><div id="\(id)-dots"></div>
    <p><span class="number" id="\(id)-of-100"></span><br>\(words)\
    <span class="soft small" id="\(id)-range"></span></p></div>
    """
  }

  private func controls(_ data: ReportData) -> HTML {
    let rates = [0.1, 0.01, 0.003, 0.001].map { rate -> HTML in
      "<button type=\"button\" data-fpir=\"\(String(rate))\">\(Text.oneIn(rate))</button>"
    }
    let assumed =
      verdict?.claim.cameras.isEmpty == false
      ? "From the claim; change them." : "Assumed; put in your own."
    return """
      <form aria-label="Threshold, gallery and cameras">
      <label for="series">Which searches</label>
      <select id="series"></select>
      <label for="threshold">Threshold <output class="value" id="threshold-value" for="threshold"></output></label>
      <input type="range" id="threshold" step="0.001">
      <div class="ends" aria-hidden="true"><span>more wrong alerts</span><span>more people missed</span></div>
      <p class="small" id="presets">Set it so that of strangers this many give an alert:</p>
      <div class="buttons" role="group" aria-labelledby="presets">\(rates)</div>
      <label for="size">Gallery <output class="value" id="size-value" for="size"></output></label>
      <input type="range" id="size" step="0.01">
      <div class="ends" aria-hidden="true"><span>a thousand</span><span>ten billion</span></div>
      <p class="basis" id="basis"></p>
      <fieldset><legend class="unseen">Cameras and faces</legend>
      <p class="small soft">\(assumed)</p>
      <label for="cameras">Cameras</label>
      <input type="number" id="cameras" min="1" max="1000000000000" step="1" inputmode="numeric">
      <label for="faces">Faces at a camera in a day</label>
      <input type="number" id="faces" min="1" max="1000000000" step="any" inputmode="decimal">
      <label for="share">Of 100 faces, listed people</label>
      <input type="number" id="share" min="0" max="100" step="any" inputmode="decimal">
      </fieldset>
      <div class="buttons"><button type="button" id="reset">Back to the start</button></div>
      <p class="small soft">The address of this page follows the sliders: copy it to share a view.</p>
      </form>
      """
  }

  /// What each threshold measured does to a hundred listed people and to strangers.
  private var operatingTable: HTML {
    guard !points.isEmpty else { return "" }
    let rows = points.flatMap { point in
      point.operating.map { operating in
        [
          name(point), Text.oneIn(operating.targetFpir), Text.fixed(Double(operating.threshold), 4),
          ReportWords.counts(operating.fpir), ReportWords.interval(operating.fpir),
          ReportWords.percent(operating.fnir), ReportWords.counts(operating.fnir),
          ReportWords.interval(operating.fnir),
        ]
      }
    }
    return .folded(
      "All thresholds measured, with counts and intervals",
      .table(
        "FPIR: searches for strangers that give an alert. FNIR: searches for listed people that miss.",
        [
          "searches", "FPIR wanted", "threshold", "alerts", "FPIR, 95 %", "FNIR", "misses",
          "FNIR, 95 %",
        ], rows))
  }

  /// A point in few words.
  func name(_ point: AccuracyResult.Point) -> String {
    "\(Text.count(point.gallerySize)), class \(point.line), \(ReportWords.short(point.condition)), "
      + ReportData.search(point)
  }
}
