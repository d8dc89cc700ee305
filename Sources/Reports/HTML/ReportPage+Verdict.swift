// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation

extension ReportPage {
  var verdictSection: HTML {
    guard let verdict else { return .section("verdict", "What was found", measuredVerdict) }
    return .section(
      "verdict", "Verdict", claimVerdict(verdict) + outcomeTable(verdict))
  }

  // MARK: - A claim

  private func claimVerdict(_ verdict: ClaimVerdict) -> HTML {
    var words: HTML = ""
    if let outcome = verdict.outcome, verdict.claim.accuracy != nil {
      let kind: HTML =
        switch outcome {
        case .pass: "pass"
        case .fail: "fail"
        case .notShown: "not-shown"
        }
      words = """
        <div class="verdict \(kind)">
        <p class="word">\(meaning(outcome, verdict.claim))</p>
        \(verdict.brief.map(brief) ?? "")</div>

        """
    } else if let brief = verdict.brief {
      words = "<div class=\"verdict\">\(self.brief(brief))</div>\n"
    }
    let parts = verdict.plainParts.map { part -> HTML in
      let paragraphs = part.paragraphs.map { HTML.paragraph($0) }
      return "<h3>\(part.title)</h3>\n\(paragraphs)"
    }
    return words + parts.joined() + effort(verdict)
  }

  private func brief(_ brief: ClaimVerdict.Brief) -> HTML {
    let rows = brief.rows.map { row in
      [HTML(text: row.words)]
        + row.cells.map { share($0.share, isMeasured: $0.isMeasured, $0.outcome) }
    }
    return .table(brief.title, brief.head, rows, kind: "words")
      + brief.sentences.map { .paragraph($0) }.joined()
  }

  private func ways(_ claim: Claim) -> String {
    (claim.reading == nil ? "by what “found” means, " : "")
      + "by the class of recogniser and by the kind of photo"
  }

  private func meaning(_ outcome: ClaimOutcome, _ claim: Claim) -> String {
    switch outcome {
    case .pass: "PASS: it stands however it is read"
    case .fail: "FAIL: it does not stand however it is read"
    case .notShown:
      claim.reading == nil
        ? "NOT SHOWN: it depends on what is meant, and the claim does not say"
        : "NOT SHOWN: it depends on the recogniser and the photo"
    }
  }

  /// Readings and photos by classes: the share found, and what follows for the claim.
  private func outcomeTable(_ verdict: ClaimVerdict) -> HTML {
    let claim = verdict.claim
    guard !verdict.figures.isEmpty else { return "" }
    let rows = claim.conditions.flatMap { condition in
      claim.readings.map { reading -> [HTML] in
        let cells = claim.lines.map { line -> HTML in
          let figure = verdict.figures.first {
            $0.reading == reading && $0.condition == condition && $0.line == line
          }
          guard let figure else { return "–" }
          return cell(figure)
        }
        let mark = reading == claim.reading ? " (claimed)" : ""
        return ["\(ClaimVerdict.words(reading))\(mark); \(ReportWords.short(condition))"] + cells
      }
    }
    let tally = verdict.tally
    let count =
      claim.accuracy == nil
      ? ""
      : "The figure can be read in \(tally.all) ways here: \(ways(claim)). Of these \(tally.pass) pass, "
        + "\(tally.fail) fail, and \(tally.notShown) are not shown either way."
    return .folded(
      "Every reading: found of 100 listed people, and whether that keeps the claim",
      (count.isEmpty ? "" : .paragraph(count))
        + .table(
          "Classes of recogniser from a leader (A0) over the median (B) to a very weak one (E)",
          ["found means"] + claim.lines, rows))
  }

  private func cell(_ figure: ClaimFigure) -> HTML {
    let share = Text.span(
      Text.percentDigits(figure.low), Text.percentDigits(figure.high), "–")
    return self.share(share, isMeasured: figure.measured != nil, figure.outcome)
  }

  private func share(_ share: String, isMeasured: Bool, _ outcome: ClaimOutcome?) -> HTML {
    let measured: HTML = isMeasured ? " <span class=\"small\">measured</span>" : ""
    let word: HTML =
      switch outcome {
      case .pass: "<br><span class=\"pass\">PASS</span>"
      case .fail: "<br><span class=\"fail\">FAIL</span>"
      case .notShown: "<br><span class=\"not-shown\">NOT SHOWN</span>"
      case nil: ""
      }
    return "\(share)\(measured)\(word)"
  }

  // MARK: - Searches

  /// The headline of the largest gallery searched, at the threshold nearest to NIST's FPIR.
  private var measuredVerdict: HTML {
    guard let point = largest else { return sweepVerdict }
    let usual = point.operating.min {
      abs($0.targetFpir - PublishedLine.fpir) < abs($1.targetFpir - PublishedLine.fpir)
    }
    var sentence: HTML =
      "<p>Not put first, whatever the score: \(ReportWords.rate(point.rankOneMiss)).</p>"
    if let usual {
      sentence = """
        <p class="word">Of 100 listed people \(hundred(usual.fnir)) are missed, where \
        \(Text.oneIn(usual.targetFpir)) strangers gives an alert</p>
        <p>Measured in a gallery of \(Text.count(point.gallerySize)) simulated people, class \
        \(ReportWords.line(point.line)), \(ReportWords.short(point.condition)), \
        \(ReportData.search(point)). Missed: \(ReportWords.rate(usual.fnir)). Strangers with an alert: \
        \(ReportWords.rate(usual.fpir)), at a threshold of \(Text.fixed(Double(usual.threshold), 3)).</p>
        \(sentence)
        """
    }
    return "<div class=\"verdict\">\(sentence)</div>\n"
  }

  private func hundred(_ rate: AccuracyResult.Rate) -> String {
    guard let value = rate.rate, rate.count > 0 else {
      return "fewer than " + Text.plain(300 / Double(max(3, rate.trials)))
    }
    return Text.percentDigits(value)
  }

  // MARK: - Twins

  /// What identical twins alone do, where the claim's arithmetic has them.
  var twinSection: HTML? {
    guard let verdict, !verdict.people.isEmpty else { return nil }
    let rows = verdict.people.map { row in
      [
        "1 in \(Text.plain(1 / row.fpir)) strangers", ReportWords.short(row.condition),
        Text.fixed(row.threshold, 3), Text.percent(row.twinPasses),
        row.twinFPIR.map(Text.percent) ?? "–",
        row.days.first.flatMap(\.twins).map(Text.amount) ?? "–",
      ]
    }
    return .section(
      "twins", "Twins",
      .paragraph(
        "The threshold that tells strangers apart does not tell identical twins apart. Whoever looks for one "
          + "finds the other, and these wrong alerts fall on the same people every day. Synthetic: how alike "
          + "twins score is fitted to NIST's twins demonstration, and says nothing about a given product."
      )
        + .table(
          "What identical twins alone do, class \(verdict.people[0].line)",
          [
            "threshold for", "photo", "threshold", "searches that bring up the twin",
            "added to FPIR",
            "times a day",
          ], rows))
  }
}
