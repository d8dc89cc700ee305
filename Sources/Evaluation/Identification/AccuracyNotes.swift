// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// What a reader of a result must not miss.
enum AccuracyNotes {
  static func notes(_ plan: AccuracyPlan, _ points: [AccuracyResult.Point]) -> [String] {
    var notes: [String] = []
    for rate in plan.fpir where rate * Double(plan.nonMated) < AccuracyPlan.enoughAlarms {
      let enough = Int((AccuracyPlan.enoughAlarms / rate).rounded(.up))
      notes.append(
        "FPIR \(rate) rests on fewer than 30 expected alarms; \(enough) non-mated searches would hold "
          + "it within 30 %.")
    }
    if plan.cells != nil || plan.relatives != nil {
      notes.append(
        "Cohorts are synthetic and say nothing about a real recogniser. The closed forms know neither cells "
          + "nor relatives, so that measured alarms may lie above them.")
    }
    for point in points {
      let name =
        "\(point.line), \(point.condition), N = \(point.gallerySize), \(point.matcher.name)"
      if point.prediction.rankOneVerdict != .agrees {
        notes.append(
          "\(name): measured rank-1 miss lies \(point.prediction.rankOneVerdict.rawValue) the closed "
            + "form; they disagree at 95 %.")
      }
      for operating in point.operating {
        if operating.prediction.thresholdVerdict != .agrees {
          notes.append(
            "\(name): the measured threshold for FPIR \(operating.targetFpir) lies "
              + "\(operating.prediction.thresholdVerdict.rawValue) the closed form; they disagree at "
              + "95 %.")
        }
        if operating.prediction.fnirVerdict != .agrees {
          notes.append(
            "\(name): measured FNIR at FPIR \(operating.targetFpir) lies "
              + "\(operating.prediction.fnirVerdict.rawValue) the closed form; they disagree at 95 %."
          )
        }
        if operating.tiesBelow > 1 {
          notes.append(
            "\(name): \(operating.tiesBelow) non-mated searches tie just below the threshold for FPIR "
              + "\(operating.targetFpir).")
        }
        if operating.fullLists > 0 {
          notes.append(
            "\(name): \(operating.fullLists) lists of \(point.k) were full at the threshold for FPIR "
              + "\(operating.targetFpir); selectivity there is a lower bound.")
        }
      }
      if point.lostMates.count > 0 {
        notes.append(
          "\(name): the matcher lost \(point.lostMates.count) mates of \(point.lostMates.trials) that "
            + "its lists should have held.")
      }
    }
    return notes
  }
}
