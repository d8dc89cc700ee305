// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation

extension ReportPage {
  /// What the measurement must keep to be believed: measured, bound, and where the bound is from.
  var trustSection: HTML? {
    guard let point = largest else { return nil }
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
    return .section(
      "trust", "Can it be relied on?",
      .table(
        "The largest gallery searched: \(name(point))",
        ["rule", "measured", "wanted", "why", ""], rows, kind: "words") + remarks)
  }
}
