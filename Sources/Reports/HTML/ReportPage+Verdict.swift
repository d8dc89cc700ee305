// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation

extension ReportPage {
  var verdictSection: HTML {
    guard let verdict else { return .section("verdict", "What was found", measuredVerdict + rules) }
    let table = outcomeTable(verdict)
    return .section(
      "verdict", "Verdict", claimVerdict(verdict) + table + rules)
  }

  // MARK: - A claim

  private func claimVerdict(_ verdict: ClaimVerdict) -> HTML {
    var words: HTML = ""
    if let outcome = verdict.outcome, let accuracy = verdict.claim.accuracy {
      let tally = verdict.tally
      let kind: HTML =
        switch outcome {
        case .pass: "pass"
        case .fail: "fail"
        case .notShown: "not-shown"
        }
      words = """
        <div class="verdict \(kind)">
        <p class="word">\(meaning(outcome, verdict.claim))</p>
        <p>“\(Text.percent(accuracy))” can be read in \(tally.all) ways here: \(ways(verdict.claim)). Of these <strong>\(tally.pass) pass</strong>, \
        <strong>\(tally.fail) fail</strong>, and \(tally.notShown) are not shown either way.</p>
        </div>

        """
    }
    let parts = verdict.plainParts.map { part -> HTML in
      let paragraphs = part.paragraphs.map { HTML.paragraph($0) }
      return "<h3>\(part.title)</h3>\n\(paragraphs)"
    }
    return words + parts.joined() + effort(verdict)
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
    return .folded(
      "Every reading: found of 100 listed people, and whether that keeps the claim",
      .table(
        "Classes of recogniser from a leader (A0) over the median (B) to a very weak one (E)",
        ["found means"] + claim.lines, rows))
  }

  private func cell(_ figure: ClaimFigure) -> HTML {
    let share = Text.span(
      Text.percentDigits(figure.low), Text.percentDigits(figure.high), "–")
    let measured: HTML = figure.measured == nil ? "" : " <span class=\"small\">measured</span>"
    let outcome: HTML =
      switch figure.outcome {
      case .pass: "<br><span class=\"pass\">PASS</span>"
      case .fail: "<br><span class=\"fail\">FAIL</span>"
      case .notShown: "<br><span class=\"not-shown\">NOT SHOWN</span>"
      case nil: ""
      }
    return "\(share)\(measured)\(outcome)"
  }

  // MARK: - Searches

  /// The headline of the largest gallery searched, at the threshold nearest to NIST's FPIR.
  private var measuredVerdict: HTML {
    guard let point = largest else { return "" }
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

  /// What the measurement must keep to be believed: measured, bound, and where the bound is from.
  private var rules: HTML {
    guard let point = largest else { return "" }
    var rows: [[HTML]] = []
    func add(_ rule: String, _ measured: String, _ bound: String, _ source: String, _ kept: Bool) {
      let word: HTML =
        kept ? "<span class=\"pass\">kept</span>" : "<span class=\"not-shown\">not kept</span>"
      rows.append([HTML(text: rule), "\(measured)", "\(bound)", "\(source)", word])
    }
    for operating in point.operating {
      let alarms = operating.targetFpir * Double(point.nonMated)
      add(
        "Alerts behind the FPIR of \(Text.rate(operating.targetFpir))", Text.plain(alarms),
        "30 or more", "rule of 30 (Doddington): within 30 %", alarms >= AccuracyPlan.enoughAlarms)
    }
    if let size = verdict?.claim.gallerySize {
      add(
        "Gallery searched, of the one claimed",
        Text.percent(min(1, Double(point.gallerySize) / Double(size))), "90 % or more",
        "no claim on a test of less", Double(point.gallerySize) >= 0.9 * Double(size))
    }
    add(
      "Mates lost by the matcher itself", ReportWords.counts(point.lostMates), "none",
      "the recogniser's errors are to be measured, not the search's", point.lostMates.count == 0)
    let agree =
      point.prediction.rankOneVerdict == .agrees
      && point.operating.allSatisfy {
        $0.prediction.fnirVerdict == .agrees && $0.prediction.thresholdVerdict == .agrees
      }
    add(
      "Measurement and closed form", agree ? "agree" : "disagree", "agree at 95 %",
      "two ways to the same figure; of 20 comparisons one disagrees by chance", agree)
    let notes = results.flatMap(\.notes)
    let remarks: HTML =
      notes.isEmpty
      ? ""
      : .folded(
        "Remarks of the runs (\(notes.count))",
        "<ul>\(notes.map { "<li>\($0)</li>\n" as HTML })</ul>\n")
    return .table(
      "Can it be relied on? The largest gallery searched: \(name(point))",
      ["rule", "measured", "wanted", "why", ""], rows, kind: "words") + remarks
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
