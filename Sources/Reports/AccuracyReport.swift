// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
internal import Files
internal import Matching

/// An accuracy result as people read it: a block of figures a point, then what the model expects
/// elsewhere, then remarks.
package struct AccuracyReport: Sendable {
  private let result: AccuracyResult

  package init(_ result: AccuracyResult) { self.result = result }

  package var text: String {
    var blocks = result.points.map(text(of:))
    if result.points.count > 1 { blocks.append(overview) }
    blocks.append(outlook)
    if !result.notes.isEmpty {
      blocks.append("Notes\n" + result.notes.map { "  * \($0)" }.joined(separator: "\n"))
    }
    blocks.append(origin)
    return blocks.joined(separator: "\n\n")
  }

  // MARK: - One point

  private func text(of point: AccuracyResult.Point) -> String {
    [
      heading(point), rates(point), thresholds(point), outcomes(point), cohorts(point), cost(point),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func heading(_ point: AccuracyResult.Point) -> String {
    let list = point.listLength.map { ", lists of \(Text.count($0)) reranked" } ?? ""
    return "N = \(Text.count(point.gallerySize)), line \(point.line) (\(point.shape)), "
      + "\(point.condition), matcher \(point.matcher.name)\(list), k = \(point.k)"
  }

  private func rates(_ point: AccuracyResult.Point) -> String {
    let ranks = [5, 10, 20, point.k].filter { $0 > 1 && $0 <= point.missByRank.count }
    var rows = [
      ["", "count", "rate", "95 % interval", "model"],
      row("rank-1 miss", point.rankOneMiss, model: point.prediction.rankOneMiss),
    ]
    for rank in Set(ranks).sorted() {
      rows.append(row("rank-\(rank) miss", point.missByRank[rank - 1].miss))
    }
    rows.append(row("FTX, mated", point.failedMated))
    rows.append(row("FTX, non-mated", point.failedNonMated))
    rows.append(row("mates lost by the matcher", point.lostMates))
    if point.rankTies > 0 { rows.append(["ties with a mate", "\(point.rankTies)"]) }
    return Text.table(rows)
  }

  private func row(
    _ name: String, _ rate: AccuracyResult.Rate, model: AccuracyResult.Band? = nil
  ) -> [String] {
    [
      name, "\(Text.count(rate.count)) of \(Text.count(rate.trials))",
      rate.rate.map { Self.rate($0) } ?? "-", Self.interval(rate.low, rate.high),
      model.map(Self.band) ?? "",
    ]
  }

  private func thresholds(_ point: AccuracyResult.Point) -> String {
    Text.table(
      [["FPIR", "T", "95 % interval", "model T", "non-mated alarms", "tied below", "selectivity"]]
        + point.operating.map { operating in
          [
            Self.rate(operating.targetFpir), Text.fixed(Double(operating.threshold), 4),
            "[\(Text.fixed(Double(operating.thresholdLow), 4)), "
              + "\(Text.fixed(Double(operating.thresholdHigh), 4))]",
            Text.fixed(operating.prediction.threshold, 4),
            "\(Text.count(operating.fpir.count)) of \(Text.count(operating.fpir.trials)) = "
              + (operating.fpir.rate.map { Self.rate($0) } ?? "-") + " "
              + Self.interval(operating.fpir.low, operating.fpir.high),
            "\(operating.tiesBelow)",
            (operating.fullLists > 0 ? ">= " : "") + Self.rate(operating.selectivity.value) + " "
              + Self.interval(operating.selectivity.low, operating.selectivity.high),
          ]
        })
  }

  private func outcomes(_ point: AccuracyResult.Point) -> String {
    Text.table(
      [
        [
          "FPIR", "FNIR (R = 1)", "interval, T given", "T set here", "model", "FNIR (R = k)",
          "TPIR", "failed/below T/outranked/lost",
        ]
      ]
        + point.operating.map { operating in
          [
            Self.rate(operating.targetFpir),
            "\(Text.count(operating.fnir.count)) of \(Text.count(operating.fnir.trials)) = "
              + Self.rate(operating.fnirEstimate.value),
            Self.interval(operating.fnir.low, operating.fnir.high),
            Self.interval(operating.fnirEstimate.low, operating.fnirEstimate.high),
            Self.band(operating.prediction.fnir),
            operating.fnirInList.rate.map { Self.rate($0) } ?? "-",
            operating.tpir.rate.map { Self.rate($0) } ?? "-",
            "\(operating.misses.failed)/\(operating.misses.belowThreshold)/"
              + "\(operating.misses.outranked)/\(operating.misses.lost)",
          ]
        })
  }

  private func cost(_ point: AccuracyResult.Point) -> String {
    let cost = point.cost
    var text =
      "  cost: \(Text.count(cost.searched)) searches in \(Text.fixed(cost.wallSeconds, 2)) s wall, "
      + "\(Text.fixed(cost.cpuSeconds, 2)) s CPU; \(Text.fixed(cost.probesPerSecond, 1)) probes/s, "
      + "\(Text.milliseconds(cost.millisecondsPerProbe)) ms a probe; \(cost.bytesPerTemplate) bytes a "
      + "template; threads \(cost.threads), batch \(cost.batch); gallery "
      + "\(Text.fixed(cost.gallerySeconds, 1)) s"
    for recall in point.recall?.alarms ?? [] {
      text +=
        "\n  false-alarm recall at T = \(Text.fixed(Double(recall.threshold), 4)): "
        + "\(recall.found.count) of \(recall.found.trials) exact alarms found "
        + Self.interval(recall.found.low, recall.found.high)
    }
    if let recall = point.recall {
      text +=
        "\n  mate recall: \(recall.mates.count) of \(recall.mates.trials) mates who belong in the lists "
        + "found " + Self.interval(recall.mates.low, recall.mates.high)
        + "; exact search of \(recall.probes) non-mated probes"
    }
    return text
  }

  // MARK: - All points

  /// Error and cost of every point side by side.
  private var overview: String {
    let rates = result.plan.fpir
    return "All points\n"
      + Text.table(
        [
          ["N", "line", "condition", "matcher", "list", "rank-1 miss"]
            + rates.map { "FNIR@\(Self.rate($0))" } + ["probes/s", "B/template"]
        ]
          + result.points.map { point in
            [
              Text.count(point.gallerySize), point.line, point.condition, point.matcher.name,
              point.listLength.map { Text.count($0) } ?? "-",
              point.rankOneMiss.rate.map { Self.rate($0) } ?? "-",
            ] + point.operating.map { Self.rate($0.fnirEstimate.value) } + [
              Text.fixed(point.cost.probesPerSecond, 1), "\(point.cost.bytesPerTemplate)",
            ]
          })
  }

  private var outlook: String {
    var rows = [
      ["line", "condition", "N", "rank-1 miss", "FPIR", "T", "FNIR", "T, independence", ""]
    ]
    for row in result.outlook {
      for at in row.operating {
        rows.append([
          row.line, row.condition, Text.count(row.gallerySize), Self.band(row.rankOneMiss),
          Self.rate(at.fpir), Text.fixed(at.threshold, 4), Self.band(at.fnir),
          Text.fixed(at.independenceThreshold, 4),
          row.extrapolated ? "extrapolation" : "",
        ])
      }
    }
    return
      "The closed form: expected (other shape; power law through NIST's values). Nothing above the "
      + "largest\ngallery searched here was measured here, and nothing above 12,000,000 anywhere.\n"
      + Text.table(rows)
  }

  private var origin: String {
    let plan = result.plan
    return
      "Simulated people; probe seed \(plan.probeSeed), population seed \(plan.populationSeed), plan "
      + "\(result.planDigest.prefix(6)).\nsightline \(result.software.version), \(result.machine.cpu), "
      + "\(result.machine.cores) cores, \(result.machine.kernels) kernels, load "
      + "\(Text.fixed(result.machine.load, 1)).\n"
      + "Counts of searches: rates have Wilson's interval; T, selectivity and \"T set here\" a bootstrap "
      + "over probe subjects."
  }

  // MARK: - Numbers

  static func rate(_ value: Double) -> String {
    value == 0 ? "0" : value < 0.0001 ? Text.rate(value) : Text.rate(rounded(value))
  }

  /// To four significant digits or so.
  private static func rounded(_ value: Double) -> Double {
    let scale = value >= 10 ? 100.0 : value >= 0.1 ? 10_000 : value >= 0.01 ? 100_000 : 1_000_000
    return (value * scale).rounded() / scale
  }

  static func interval(_ low: Double, _ high: Double) -> String {
    "[\(rate(low)), \(rate(high))]"
  }

  static func band(_ band: AccuracyResult.Band) -> String {
    let others = [
      band.otherShape.map { rate($0) }, band.powerLaw.map { "NIST \(rate($0))" },
    ].compactMap { $0 }
    return rate(band.expected) + (others.isEmpty ? "" : " (\(others.joined(separator: "; ")))")
  }
}
