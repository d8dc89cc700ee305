// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Population

extension ClaimVerdict {
  /// Readings and conditions by lines: the share found, and whether that keeps the claim.
  var foundTable: String {
    var parts = ["Found of 100 listed people, from the lowest to the highest answer"]
    for condition in claim.conditions {
      let cells = figures.filter { $0.condition == condition }
      var rows = [[Self.words(condition: condition)] + claim.lines]
      for reading in claim.readings {
        let row = claim.lines.map { line in
          cells.first { $0.reading == reading && $0.line == line }
        }
        let mark = reading == claim.reading ? " (claimed)" : ""
        rows.append([Self.short(reading) + mark] + row.map { $0.map(Self.share) ?? "-" })
        if claim.accuracy != nil {
          rows.append(
            [""]
              + row.map { ($0?.outcome?.rawValue ?? "-") + ($0?.impliedBy == nil ? "" : " *") })
        }
      }
      parts.append(Text.table(rows))
    }
    parts.append(
      Text.paragraph(
        "Classes are fitted to published results. TPIR @ x: named at the threshold where a share x of "
          + "strangers is. PASS and FAIL: all answers agree (\(methodWords)), or it follows (*) from a "
          + "stricter or laxer reading; otherwise NOT SHOWN. In brackets: one answer, which nothing "
          + "checks. m: measured, with its 95 % interval."))
    return parts.joined(separator: "\n\n")
  }

  private var methodWords: String {
    let names = Set(figures.flatMap(\.methods).map(\.name))
    return [
      ("gumbel", "closed form with Gumbel scores"),
      ("gaussian", "closed form with Gaussian scores"),
      ("power-law", "power law through NIST's figures, where there are"),
      ("measured", "real searches"),
    ].filter { names.contains($0.0) }.map(\.1).joined(separator: ", ")
  }

  private static func short(_ reading: ClaimReading) -> String {
    switch reading {
    case .rank(let rank): "rank \(rank)"
    case .tpir(let fpir): "TPIR @ \(Text.rate(fpir))"
    }
  }

  private static func share(_ figure: ClaimFigure) -> String {
    // Below a tenth of a percent there is nobody to speak of.
    let words = { (share: Double) in share < 0.001 ? "<0.1" : Text.percentDigits(share) }
    let both =
      figure.low < 0.001
      ? Text.span(words(figure.low), words(figure.high), "-")
      : Text.percentSpan(figure.low, figure.high)
    if figure.measured != nil { return both + " m" }
    return figure.extrapolated && figure.methods.count == 1 ? "(\(both))" : both
  }

  var peopleTable: String {
    let line = people.first?.line ?? ""
    var parts = ["People, class \(line)"]
    let days = people.first?.days ?? []
    for condition in claim.conditions {
      var table = [[Self.words(condition: condition), "T", "missed of 100"]]
      table[0] += days.map { "wrong a day, \(Text.amount(Double($0.cameras)))" }
      if !days.isEmpty { table[0] += ["per camera", "per right name", "of faces", "of alerts"] }
      for row in people where row.condition == condition {
        var cells = [
          "FPIR \(Text.rate(row.fpir))", Text.fixed(row.threshold, 3), dash(row.missedPer100, 100),
        ]
        cells += row.days.map { dash($0.wrong, nil) }
        // The same for all numbers of cameras.
        if let day = row.days.first {
          cells += [
            dash(day.wrongPerCamera, nil), day.wrongPerRight.map { dash($0, nil) } ?? "none right",
            shares(day.wrongPerFace, day.faces),
            day.wrongPerAlert.map { shares($0, day.faces) } ?? "-",
          ]
        }
        table.append(cells)
      }
      parts.append(Text.table(table))
    }
    var words =
      "T: threshold, a cosine. Without relatives; spans are those of the two shapes of genuine scores, "
      + "and bound nothing."
    if let day = days.first {
      words =
        "Of \(Text.amount(day.faces)) faces a day"
        + (days.count > 1 ? " with the first number of cameras" : "")
        + ", \(Text.percent(claim.matedShare ?? 0)) are of listed people. Wrong: the first name given is "
        + "not the person's. Both denominators of the same wrong names stand side by side: of all faces "
        + "searched, and of all alerts. " + words
    }
    return (parts + [Text.paragraph(words)]).joined(separator: "\n\n")
  }

  /// A span in a table; of nothing expected the bound that `trials` could show, or that there is one.
  private func dash(_ band: ClaimPeople.Band, _ trials: Double?) -> String {
    if band.high <= 0 { return trials.map { "<\(Text.amount(3 / $0))" } ?? "<1" }
    return Text.span(Text.amount(band.low), Text.amount(band.high), "-")
  }

  /// A span of shares of `faces`; of nothing expected the bound that so many could show.
  private func shares(_ band: ClaimPeople.Band, _ faces: Double) -> String {
    if band.high <= 0 { return "<\(Text.percent(3 / faces))" }
    return Text.span(Text.percent(band.low), Text.percent(band.high), "-")
  }

  func effortTable(_ effort: ClaimEffort) -> String {
    var rows = [
      ["effort", "bytes", "measured on", "alone", "CPU", "a pass", "searches/s", "group"]
        + claim.cameras.map { "machines, \(Text.amount(Double($0)))" }
    ]
    for engine in effort.engines {
      rows.append(
        [
          engine.name, Text.decimalBytes(engine.galleryBytes), Text.count(engine.measuredSize),
          Self.time(engine.secondsAlone), engine.cpuSecondsAlone.map(Self.time) ?? "-",
          "\(engine.batch) in \(Self.time(engine.secondsInBatch))",
          Text.amount(engine.searchesPerSecond), Text.count(engine.group),
        ]
          + engine.loads.map { Text.amount($0.machines) })
    }
    var words =
      "alone: one search on one machine, and the CPU time of its cores together. a pass: probes that share a pass over the gallery, and how long "
      + "it takes one machine. group: machines that share the gallery so that it fits into "
      + "\(Text.percent(ClaimEffort.usableMemory)) of their memory"
    if let seconds = claim.seconds {
      words +=
        ", and so that waiting for one pass and making the next take \(Self.time(seconds)) at most"
    }
    words += ". The load is spread evenly over the day; nothing is spare."
    if effort.engines.contains(where: { $0.measuredSize > claim.gallerySize ?? 0 }) {
      words +=
        " A gallery smaller than the one measured takes longer than in proportion: searches have fixed "
        + "costs."
    }
    let recalls = effort.engines.compactMap { engine in
      engine.mateRecall.map { "\(engine.name) \(Text.fixed($0, 4))" }
    }
    words +=
      recalls.isEmpty
      ? " What sketches lose against exact search was not measured here."
      : " Mates listed, of exact search's: \(recalls.joined(separator: ", "))."
    return Text.table(rows) + "\n\n" + Text.paragraph(words)
  }

  // MARK: - What was observed

  func recordParagraphs(_ record: ClaimRecord) -> [String] {
    var paragraphs: [String] = []
    if let rate = record.perFace {
      paragraphs.append("Per face searched: \(observed(rate, "faces", "named wrongly")).")
    }
    if let rate = record.perAlert {
      paragraphs.append("Per alert: \(observed(rate, "alerts", "wrong")).")
    }
    if record.perFace != nil, record.perAlert != nil {
      paragraphs.append(
        "Both are the same wrong names. The first says what a passer-by risks, the second what an alert "
          + "is worth; who quotes one should quote the other.")
    }
    if let right = record.rightAlerts { paragraphs.append("Right alerts: \(Text.count(right)).") }
    if let rate = record.falseAlertRate, let size = claim.gallerySize {
      paragraphs.append(
        "False alerts: \(Text.oneIn(rate)) \(searched) on a list of \(Text.count(size))"
          + (record.impliedFMR.map {
            ", so one comparison in \(Text.amount(1 / $0)), if comparisons were independent"
          } ?? "") + ".")
    }
    if let miss = record.missRate {
      paragraphs.append("Missed: \(Text.percent(miss)) of listed people.")
    } else {
      paragraphs.append("Missed: unknown. Nobody counted the listed people who were not named.")
    }
    for carried in record.carried where carried.gallerySize == claim.scaleTo.max() {
      var words =
        "The same threshold on \(Text.count(carried.gallerySize)): \(names(carried.independent))"
      words += ", if comparisons were independent"
      if let population = carried.population {
        words += "; as the population model has it, \(names(population))"
      }
      paragraphs.append(words + ".")
    }
    return paragraphs
  }

  private func names(_ names: ClaimRecord.Carried.Names) -> String {
    let one = claim.observed?.trait == .other ? "search" : "face"
    return
      "\(Text.amount(names.perFace)) wrong names a \(one), and \(Text.percent(names.facesNamed)) of "
      + "\(searched) with one or more"
  }

  /// What is searched: faces, unless it is something else.
  private var searched: String { claim.observed?.trait == .other ? "searches" : "faces" }

  /// Counts, rate and interval; of nothing seen the bound.
  private func observed(_ rate: ClaimRecord.Rate, _ of: String, _ what: String) -> String {
    let counts = "\(Text.count(rate.count)) of \(Text.count(rate.trials)) \(of) \(what)"
    guard rate.trials > 0, let value = rate.rate else { return "no \(of), so no rate" }
    if rate.count == 0 {
      return
        "\(counts), so below \(Text.percent(rate.high)) (3 in \(Text.count(rate.trials)), 95 %)"
    }
    return "\(counts): \(Text.percent(value)), 95 % interval \(Text.percent(rate.low)) to "
      + Text.percent(rate.high)
  }

  func carriedTable(_ record: ClaimRecord) -> String {
    let one = claim.observed?.trait == .other ? "a search" : "a face"
    let hubs = record.carried.contains { $0.population != nil }
    var rows = [["list size", "names \(one)", "\(searched) named"]]
    if hubs { rows[0] += ["(hubs) names \(one)", "\(searched) named"] }
    for carried in record.carried {
      rows.append(
        [Text.count(carried.gallerySize)] + cells(carried.independent)
          + (carried.population.map(cells) ?? []))
    }
    return Text.table(rows) + "\n\n"
      + Text.paragraph(
        hubs
          ? "Left: comparisons alike and independent. Right (hubs): the population model, in which some "
            + "people resemble many, with the threshold that gives the observed rate on the observed list."
          : "As if comparisons were alike and independent; the population model knows faces only.")
  }

  private func cells(_ names: ClaimRecord.Carried.Names) -> [String] {
    [Text.amount(names.perFace), Text.percent(names.facesNamed)]
  }

  // MARK: - Foot

  var foot: String {
    Text.paragraph(
      "Simulated: no real person is in any of this. Predictions come from a population model (seed "
        + "\(model.seed), \(model.digest.prefix(12))) fitted to published results of up to "
        + "\(Text.count(ThresholdTable.measuredSize)) templates; `sightline population check` tests it.",
      indent: "")
  }
}
