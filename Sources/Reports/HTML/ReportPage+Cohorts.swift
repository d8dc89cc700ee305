// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Population

extension ReportPage {
  /// The largest gallery whose searches were counted by cohort.
  var cohortPoint: AccuracyResult.Point? {
    points.filter { !($0.cohorts ?? []).isEmpty || !($0.kin ?? []).isEmpty }
      .max { ($0.gallerySize, $0.searches) < ($1.gallerySize, $1.searches) }
  }

  var cohortSection: HTML? {
    guard let point = cohortPoint else { return nil }
    return .section(
      "cohorts", "Not everybody alike",
      .paragraph(
        "One threshold is set for all, and it does not treat all alike. Measured in a gallery of \(name(point)). The groups "
          + "are synthetic: people drawn to look a little like one another, and twins and siblings, fitted to "
          + "what NIST published. They stand for nobody in particular and say nothing about a given product."
      )
        + cells(point) + relatives(point) + kin(point))
  }

  private func cells(_ point: AccuracyResult.Point) -> HTML {
    let cells = (point.cohorts ?? []).filter { $0.basis == .cell }
    guard !cells.isEmpty else { return "" }
    let targets = point.operating.map(\.targetFpir)
    let options = targets.enumerated().flatMap { index, target -> [HTML] in
      let stranger = "at a threshold for \(Text.oneIn(target)) strangers"
      return [
        "<option value=\"fpir-\(index)\">strangers who give an alert, \(stranger)</option>",
        "<option value=\"fnir-\(index)\">listed people missed, \(stranger)</option>",
      ]
    }
    let head =
      ["group", "strangers", "listed"]
      + targets.flatMap { ["alerts at \(Text.rate($0))", "missed at \(Text.rate($0))"] }
    let rows = cells.map { cell -> [HTML] in
      let figures = cell.operating.flatMap { one in
        [one.fpir, one.fnir].map { rate -> HTML in
          rate.trials == 0
            ? "–"
            : "\(ReportWords.counts(rate)) <span class=\"soft\">(\(ReportWords.interval(rate)))</span>"
        }
      }
      return ["\(cell.name)", "\(Text.count(cell.nonMated))", "\(Text.count(cell.mated))"] + figures
    }
    return """
      <h3>Groups of people who look a little alike</h3>
      \(HTML.paragraph(spread(cells)))
      <p class="needs-script"><label for="cohort-metric">What is shown</label>
      <select id="cohort-metric">\(options)</select></p>

      """
        + .figure(
          "cohort-chart", "Errors by group, from the largest group to the smallest",
          .folded(
            "Table of this chart",
            .table("Errors by group at one threshold for all", head, rows, tall: true)))
  }

  /// How far apart the groups are, in words.
  private func spread(_ cells: [AccuracyResult.Cohort]) -> String {
    let counted = cells.compactMap { cell -> (String, AccuracyResult.Rate)? in
      cell.operating.first.map { (cell.name, $0.fpir) }
    }.filter { $0.1.trials >= 30 }
    guard let most = counted.max(by: { ($0.1.rate ?? 0) < ($1.1.rate ?? 0) }),
      let least = counted.min(by: { ($0.1.rate ?? 0) < ($1.1.rate ?? 0) })
    else { return "Too few strangers were searched for to tell groups apart." }
    let words =
      "Of groups with 30 strangers or more, \(most.0) has the most alerts, \(ReportWords.rate(most.1)), and "
      + "\(least.0) the fewest, \(ReportWords.rate(least.1))."
    return most.1.low > least.1.high
      ? words + " Their intervals do not meet; of many groups the extremes differ by chance too."
      : words + " Their intervals overlap: chance may explain that."
  }

  private func relatives(_ point: AccuracyResult.Point) -> HTML {
    let cohorts = (point.cohorts ?? []).filter { $0.basis == .relative }
    guard !cohorts.isEmpty else { return "" }
    let rows = cohorts.flatMap { cohort in
      cohort.operating.map { one in
        [
          CohortWords.name(cohort.name), Text.rate(one.targetFpir), ReportWords.counts(one.fnir),
          ReportWords.interval(one.fnir), ReportWords.counts(one.namedAnother),
          ReportWords.counts(cohort.rankOneMiss),
        ]
      }
    }
    return "<h3>Listed people whose twin or sibling is listed too</h3>\n"
      + .table(
        "Listed people by the relative who is in the gallery",
        [
          "relative listed", "threshold for FPIR", "missed", "95 % interval", "another named",
          "not put first",
        ],
        rows)
  }

  private func kin(_ point: AccuracyResult.Point) -> HTML {
    guard let kin = point.kin, !kin.isEmpty else { return "" }
    let rows = kin.flatMap { kin in
      kin.operating.map { one in
        [
          CohortWords.name(kin.kind.rawValue), Text.rate(one.targetFpir),
          Text.fixed(Double(one.threshold), 3), ReportWords.counts(one.alarms),
          ReportWords.interval(one.alarms), ReportWords.counts(one.namedRelative),
          Text.percent(one.expected),
        ]
      }
    }
    return "<h3>People who are on no list and whose twin or sibling is</h3>\n"
      + .paragraph(
        "They are strangers to the system, and it takes many of them for their relative, every time they "
          + "pass. The rate for strangers says nothing about them.")
      + .table(
        "Searches for people not listed, by the relative who is; model: the relative alone",
        [
          "relative listed", "strangers' FPIR", "threshold", "alerts", "95 % interval",
          "named the relative", "model",
        ],
        rows)
  }
}
