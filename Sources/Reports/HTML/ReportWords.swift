// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Population

/// Figures and terms in words for readers who do not know the field.
enum ReportWords {
  /// A condition in a few words.
  static func short(_ condition: String) -> String {
    switch CaptureCondition(condition) {
    case .enrolment: "photo like the enrolled one"
    case .kiosk: "kiosk or webcam photo"
    case .aged(let years): "photo \(Text.plain(years)) years later"
    case .unconstrained: "unconstrained photo"
    default: condition
    }
  }

  static func line(_ name: String) -> String {
    switch name {
    case "A0": "A0 (a leader of 2021)"
    case "A": "A (good)"
    case "B": "B (the median)"
    case "C": "C (lower third)"
    case "D": "D (weak)"
    case "E": "E (very weak)"
    default: name
    }
  }

  /// `1.7 % (42 of 2,500; 95 % interval 1.3 % to 2.3 %)`; of nothing seen the bound 3 / n.
  static func rate(_ rate: AccuracyResult.Rate) -> String {
    guard rate.trials > 0, let value = rate.rate else { return "no searches" }
    if rate.count == 0 {
      return "none of \(Text.count(rate.trials)), so below \(Text.percent(3 / Double(rate.trials)))"
    }
    return "\(Text.percent(value)) (\(counts(rate)); \(interval(rate)))"
  }

  static func counts(_ rate: AccuracyResult.Rate) -> String {
    "\(Text.count(rate.count)) of \(Text.count(rate.trials))"
  }

  static func interval(_ rate: AccuracyResult.Rate) -> String {
    "\(Text.percent(rate.low)) to \(Text.percent(rate.high))"
  }

  static func percent(_ rate: AccuracyResult.Rate) -> String {
    rate.count == 0
      ? "below " + Text.percent(3 / Double(max(3, rate.trials)))
      : rate.rate.map(Text.percent) ?? "no searches"
  }

  /// Terms, each told once.
  static let terms: [(term: String, meaning: String)] = [
    ("Gallery", "the file of enrolled people that is searched; N is how many."),
    ("Template", "what a recogniser keeps of a photo: a list of numbers, here 512."),
    ("Probe", "a photo whose person is looked for."),
    ("Score", "how alike two templates are: here the cosine between them, 1 for the same photo."),
    (
      "Threshold",
      "the score from which the system gives an alert. A higher one means fewer wrong alerts and more "
        + "people missed; there is no setting without both."
    ),
    (
      "Listed person, mated search",
      "a search for somebody who is in the gallery. A stranger's search is called non-mated."
    ),
    (
      "FNIR, miss",
      "false negative identification rate: the share of mated searches that do not return the right "
        + "person first and at the threshold or above. 1 - FNIR is the hit rate, TPIR."
    ),
    (
      "FPIR, wrong alert",
      "false positive identification rate: the share of searches for strangers that give an alert all "
        + "the same. It counts searches, not pairs of photos, and grows with the gallery."
    ),
    (
      "Rank 1",
      "the right person comes first, whatever the score. A figure for rank 1 says nothing about strangers, "
        + "since without a threshold every stranger gets a name."
    ),
    (
      "95 % interval",
      "where the true rate is to be looked for after so many searches; it narrows with their number."
    ),
    ("Closed form", "the population model's own arithmetic, with no searches."),
    (
      "Class A0 to E",
      "recognisers from a leader to a very weak one, fitted to results that NIST published for real "
        + "algorithms."
    ),
    (
      "Sketch",
      "16 bytes that stand for a template. All sketches are looked through, and the best compared "
        + "exactly."
    ),
  ]
}
