// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation

extension ReportPage {
  /// A choice of FPIRs: those that the runs state, and for what needs no run those of the claim.
  private func metric(_ id: String, ofClaim: Bool = false) -> HTML {
    let stated = points.flatMap { $0.operating.map(\.targetFpir) }
    let claimed = ofClaim ? verdict?.claim.fpirs ?? [] : []
    let fpirs = Set(stated + claimed).sorted(by: >)
    let usual = fpirs.min { abs($0 - PublishedLine.fpir) < abs($1 - PublishedLine.fpir) }
    let options = fpirs.map { rate -> HTML in
      let chosen: HTML = rate == usual ? " selected" : ""
      return
        "<option value=\"\(String(rate))\"\(chosen)>missed, where \(Text.oneIn(rate)) strangers gives an alert</option>"
    }
    return """
      <p class="needs-script"><label for="\(id)">What is shown</label>
      <select id="\(id)">\(options)<option value="rank">not put first (rank 1)</option></select></p>

      """
  }

  var growthSection: HTML {
    var words =
      "The more people are in the file, the more of them look like a given stranger, so the threshold must "
      + "rise, and more listed people are missed."
    if let largest {
      words +=
        " The largest gallery searched here had \(Text.count(largest.gallerySize)) people. Nobody has "
        + "published a test of real faces above \(Text.count(ThresholdTable.measuredSize)); what lies beyond "
        + "both is shaded and is extrapolation."
    } else {
      words +=
        " Nobody has published a test of real faces above \(Text.count(ThresholdTable.measuredSize)); what "
        + "lies beyond is shaded and is extrapolation."
    }
    return .section(
      "growth", "Larger galleries, more misses",
      .paragraph(words) + metric("growth-metric", ofClaim: true)
        + .figure(
          "growth-chart", "People missed by size of the gallery",
          .folded(
            "Table of this chart",
            .liveTable("growth-table", "Misses by gallery size, for the searches chosen above")),
          live: true)
        + forecastTable)
  }

  /// Measured and expected, side by side, and whether they agree.
  private var forecastTable: HTML {
    guard !points.isEmpty else { return "" }
    let rows = points.flatMap { point -> [[String]] in
      let rankOne = [
        name(point), "not put first", ReportWords.percent(point.rankOneMiss),
        ReportWords.interval(point.rankOneMiss), band(point.prediction.rankOneMiss),
        agreement(point.prediction.rankOneVerdict),
      ]
      return [rankOne]
        + point.operating.map {
          [
            name(point), "FNIR at FPIR \(Text.rate($0.targetFpir))", ReportWords.percent($0.fnir),
            ReportWords.interval($0.fnir), band($0.prediction.fnir),
            agreement($0.prediction.fnirVerdict),
          ]
        }
    }
    return .folded(
      "Measurement and model side by side",
      .table(
        "The model's figure, then with the other shape of scores, then by the power law through NIST's figures",
        ["searches", "rate", "measured", "95 % interval", "model", "do they agree"], rows))
  }

  private func band(_ band: AccuracyResult.Band) -> String {
    [band.expected, band.otherShape, band.powerLaw].compactMap { $0 }.map(Text.percent)
      .joined(separator: "; ")
  }

  private func agreement(_ verdict: AccuracyResult.Verdict) -> String {
    switch verdict {
    case .agrees: "yes"
    case .above: "no, measured above"
    case .below: "no, measured below"
    }
  }

  var rankSection: HTML {
    // The results hold every rank; a table of these can be read.
    let ranks = Set(points.flatMap { $0.missByRank.map(\.rank) })
      .intersection([1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]).sorted()
    let rows = points.map { point in
      [name(point)]
        + ranks.map { rank in
          point.missByRank.first { $0.rank == rank }.map { found($0.miss) } ?? "–"
        }
    }
    return .section(
      "ranks", "If somebody looks through a list",
      .paragraph(
        "Without a threshold the system gives a list of candidates for every face, and a person must decide. "
          + "Then this is how often the right one is among the first. It says nothing about strangers: they "
          + "get a list of names too.")
        + .figure(
          "rank-chart", "Listed people found among the first candidates (CMC curve)",
          .folded(
            "Table of this chart",
            .table(
              "Of 100 listed people, those found among the first candidates",
              ["searches"] + ranks.map { "first \($0)" }, rows))))
  }

  private func found(_ miss: AccuracyResult.Rate) -> String {
    miss.rate.map { Text.percent(1 - $0) } ?? "–"
  }

  var costSection: HTML {
    let rows = points.map { point in
      let cost = point.cost
      let usual = point.operating.min {
        abs($0.targetFpir - 0.003) < abs($1.targetFpir - 0.003)
      }
      return [
        name(point), Text.milliseconds(cost.millisecondsPerProbe),
        Text.amount(cost.probesPerSecond),
        Text.milliseconds(1000 * cost.cpuSeconds / Double(max(1, cost.searched))),
        "\(cost.batch)", "\(cost.threads)", "\(cost.bytesPerTemplate)",
        Text.decimalBytes(Double(cost.bytesPerTemplate) * Double(point.gallerySize)),
        usual.map { "\(ReportWords.percent($0.fnir)) at \(Text.rate($0.targetFpir))" } ?? "–",
        ReportWords.percent(point.rankOneMiss), ReportWords.counts(point.lostMates),
      ]
    }
    return .section(
      "cost", "Time against error",
      .paragraph(
        "Cheaper searches look at short stand-ins of the templates and may lose people. Each mark is a way to "
          + "search the same gallery; the stepped line joins those that no other beats in both time and "
          + "misses (the Pareto front). Times are of searches made together in batches, on the machine named "
          + "below, under its load then.")
        + metric("cost-metric")
        + .figure(
          "cost-chart", "Time of a search and people missed",
          .folded(
            "Table of this chart",
            .table(
              "Cost of each kind of search beside its errors; lost: mates that the matcher itself dropped",
              [
                "searches", "ms a search", "searches/s", "CPU ms", "batch", "threads",
                "bytes a template",
                "gallery", "FNIR at FPIR", "not put first", "lost",
              ], rows)))
        + recallTable)
  }

  /// What an approximate matcher loses against exact search, apart from the recogniser's own errors.
  private var recallTable: HTML {
    let rows = points.compactMap { point -> [String]? in
      guard let recall = point.recall else { return nil }
      return [
        name(point), ReportWords.counts(recall.mates), ReportWords.interval(recall.mates),
        recall.alarms.map {
          "\(ReportWords.counts($0.found)) at \(Text.fixed(Double($0.threshold), 3))"
        }.joined(separator: "; "),
      ]
    }
    guard !rows.isEmpty else { return "" }
    return .folded(
      "What approximate search loses against exact search",
      .table(
        "Of exact search's mates and alerts, those that the matcher finds",
        ["searches", "mates", "95 % interval", "alerts"], rows))
  }
}
