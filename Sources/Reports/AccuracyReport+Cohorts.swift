// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Population

extension AccuracyReport {
  /// Errors by cohort at the most frequent alarms asked for, where every cell has the most to count.
  func cohorts(_ point: AccuracyResult.Point) -> String {
    var blocks: [String] = []
    let cells = (point.cohorts ?? []).filter { $0.basis == .cell }
    if !cells.isEmpty, let target = point.operating.first?.targetFpir {
      let shown = cells.count <= 12 ? cells : Array(cells.prefix(10))
      let title =
        shown.count < cells.count
        ? "cells of one threshold for all, FPIR \(Self.rate(target)), the first 10 of \(cells.count)"
        : "cells of one threshold for all, FPIR \(Self.rate(target))"
      blocks.append("  " + title + "\n" + Text.table(rows(shown), indent: "    "))
    }
    let relatives = (point.cohorts ?? []).filter { $0.basis == .relative }
    if !relatives.isEmpty {
      blocks.append(
        "  enrolled people by relative enrolled\n" + Text.table(rows(relatives), indent: "    "))
    }
    if let kin = point.kin, !kin.isEmpty {
      blocks.append(
        "  people not enrolled whose relative is\n"
          + Text.table(
            [
              [
                "relative", "FPIR of strangers", "alarms", "95 % interval", "named the relative",
                "model",
              ]
            ]
              + kin.flatMap { kin in
                kin.operating.map { one in
                  [
                    CohortWords.name(kin.kind.rawValue), Self.rate(one.targetFpir),
                    "\(one.alarms.count) of \(one.alarms.trials)",
                    Self.interval(one.alarms.low, one.alarms.high),
                    "\(one.namedRelative.count)", Self.rate(one.expected),
                  ]
                }
              }, indent: "    "))
    }
    return blocks.joined(separator: "\n")
  }

  private func rows(_ cohorts: [AccuracyResult.Cohort]) -> [[String]] {
    [["", "alarms", "95 % interval", "missed", "95 % interval", "somebody else named"]]
      + cohorts.compactMap { cohort in
        guard let one = cohort.operating.first else { return nil }
        return [
          CohortWords.name(cohort.name),
          one.fpir.trials == 0 ? "-" : "\(one.fpir.count) of \(one.fpir.trials)",
          one.fpir.trials == 0 ? "-" : Self.interval(one.fpir.low, one.fpir.high),
          "\(one.fnir.count) of \(one.fnir.trials)", Self.interval(one.fnir.low, one.fnir.high),
          "\(one.namedAnother.count)",
        ]
      }
  }
}

/// Cohorts in words.
enum CohortWords {
  static func name(_ name: String) -> String {
    switch Kinship(rawValue: name) {
    case .identicalTwin: "identical twin"
    case .sameSexTwin: "fraternal twin, same sex"
    case .differentSexTwin: "fraternal twin, other sex"
    case .sibling: "sibling"
    case nil: name == "none" ? "no relative" : name
    }
  }
}
