// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
internal import Population

// The page about a claim, for a reader who knows no biometrics: what the figure is, what it leaves out,
// what it would take; then the tables.
extension ClaimVerdict {
  /// The page as text, 100 letters wide or so.
  package var text: String {
    var parts = [head]
    if let brief { parts.append(text(brief)) }
    if let size = claim.gallerySize, !figures.isEmpty {
      parts.append(section("What the figure is", figureParagraphs(size)))
      if claim.accuracy != nil { parts.append(outcomeTable) }
      parts.append(section("What it leaves out", leftOutParagraphs(size)))
      parts.append(section("What it would take", effortParagraphs(size)))
    }
    if let record { parts.append(section("What was observed", recordParagraphs(record))) }
    if !figures.isEmpty { parts += [foundTable] }
    if !people.isEmpty { parts.append(peopleTable) }
    if let effort { parts.append(effortTable(effort)) }
    if let record, !record.carried.isEmpty { parts.append(carriedTable(record)) }
    parts.append(foot)
    return parts.joined(separator: "\n\n")
  }

  private func text(_ brief: Brief) -> String {
    let rows = brief.rows.map { row in
      [row.words] + row.cells.map { "\($0.share) \($0.outcome?.rawValue ?? "")" }
    }
    return Text.paragraph(brief.title + ":") + "\n" + Text.table([brief.head] + rows) + "\n\n"
      + brief.sentences.map { Text.paragraph($0) }.joined(separator: "\n")
  }

  private func section(_ title: String, _ paragraphs: [String]) -> String {
    title + "\n" + paragraphs.map { Text.paragraph($0) }.joined(separator: "\n")
  }

  private var head: String {
    var lines = [claim.name]
    if let quote = claim.quote { lines.append(Text.paragraph("\"\(quote)\"")) }
    if let source = claim.source { lines.append(Text.paragraph("Source: \(source)")) }
    guard let outcome, let accuracy = claim.accuracy else {
      return lines.joined(separator: "\n")
    }
    var words = "\(outcome.rawValue): \"accuracy \(Text.percent(accuracy))\""
    if tally.all > 1 {
      words +=
        " can mean \(tally.all) things here (\(multiplication)). Of these \(tally.pass) PASS, "
        + "\(tally.fail) FAIL and \(tally.notShown) are NOT SHOWN either way."
    }
    return (lines + ["", Text.paragraph(words, indent: "")]).joined(separator: "\n")
  }

  private var multiplication: String {
    let readings = claim.reading == nil ? claim.readings.count : 1
    return [
      (readings, "reading"), (claim.conditions.count, "kind of photo"),
      (claim.lines.count, "class of recogniser"),
    ].map { count, word in
      let plural = word.replacing("kind of", with: "kinds of").replacing("class", with: "classes")
      return "\(count) \(count == 1 ? word : plural == word ? word + "s" : plural)"
    }.joined(separator: " x ")
  }

  // MARK: - What the figure is

  func figureParagraphs(_ size: Int) -> [String] {
    let share = claim.accuracy.map { Text.percentDigits($0) }
    var words = "Of 100 people who are in the file and pass a camera, "
    words += share.map { "it says that \($0) are found. " } ?? "some are found. "
    words +=
      "\"Found\" may mean: put first of all \(Text.count(size)) (rank 1); put somewhere in a list of "
      + "50 that a person then looks through (rank 50); or named by the machine on its own, above a "
      + "threshold (TPIR), which is set by how often a stranger may be named (FPIR). "
    words +=
      claim.reading.map { "The claim says which: \(Self.words($0))." }
      ?? "The claim does not say which, and the answers differ."
    var paragraphs = [words]
    if extrapolated {
      paragraphs.append(
        "No test of such a size has been published: the largest behind these figures had "
          + "\(Text.count(model.measuredSize)) templates. Beyond that all is extrapolation.")
    }
    return paragraphs
  }

  /// Which classes of recogniser keep the claim, by reading and kind of photo.
  var outcomeTable: String {
    let outcomes = ClaimOutcome.allCases
    var rows = [["found means"] + ["photo"] + outcomes.map(\.rawValue)]
    for reading in claim.readings where claim.reading == nil || reading == claim.reading {
      for (index, condition) in claim.conditions.enumerated() {
        let cells = figures.filter { $0.reading == reading && $0.condition == condition }
        let lines = outcomes.map { outcome in
          let lines = cells.filter { $0.outcome == outcome }.map(\.line)
          return lines.isEmpty ? "-" : lines.joined(separator: " ")
        }
        rows.append([index == 0 ? Self.words(reading) : "", Self.short(condition)] + lines)
      }
    }
    return Text.table(rows) + "\n\n"
      + Text.paragraph(
        "Classes of recogniser: A0 a leader of 2021, A good, B the median, C the lower third, D weak, E "
          + "very weak. Photos of those who pass: \(conditionWords). NOT SHOWN: what is known allows "
          + "both.")
  }

  private var conditionWords: String {
    claim.conditions.map { condition in
      "\(Self.short(condition)), \(Self.words(condition: condition))"
    }.joined(separator: "; ")
  }

  static func short(_ condition: String) -> String {
    switch CaptureCondition(condition) {
    case .enrolment: "like"
    case .aged(let years): "+\(Text.plain(years)) years"
    default: condition
    }
  }

  static func words(_ reading: ClaimReading) -> String {
    switch reading {
    case .rank(1): "put first"
    case .rank(let rank): "put among the first \(rank)"
    case .tpir(let fpir): "named; of strangers, \(Text.oneIn(fpir)) is named"
    }
  }

  static func words(condition: String) -> String {
    switch CaptureCondition(condition) {
    case .enrolment: "a photo like the enrolled one"
    case .kiosk: "a photo from a kiosk or webcam"
    case .aged(let years): "a photo \(Text.plain(years)) years later"
    default: condition
    }
  }

  // MARK: - What it leaves out

  func leftOutParagraphs(_ size: Int) -> [String] {
    var said = "A figure for people found says nothing of people who are taken for somebody else"
    if case .tpir = claim.reading {
      said = "The claim says how often a stranger is named, and not how many people that makes"
    }
    var paragraphs = [
      "Wrong names. \(said); those grow with the file and with the number of faces searched."
    ]
    // A lax threshold and the usual one show the exchange.
    let condition = claim.conditions[0]
    let rows = people.filter { $0.condition == condition }
    for row in rows where row.fpir == rows.map(\.fpir).max() || row.fpir == middle(rows) {
      paragraphs.append(peopleWords(row))
    }
    if rows.allSatisfy(\.days.isEmpty) {
      paragraphs.append("The claim gives no cameras, so wrong names a day cannot be told.")
    }
    if let row = rows.first(where: { $0.fpir == middle(rows) }) {
      var words =
        "Twins. The search for somebody whose identical twin is in the file brings up the twin in "
        + "\(Text.percent(row.twinPasses)) of cases at that threshold"
      if let added = row.twinFPIR {
        words += row.days.first?.twins.map { ": \(Text.amount($0)) times a day" } ?? ""
        words +=
          ". To the \(Text.percent(row.fpir)) of strangers who are named, twins alone add "
          + "\(Text.percent(added))."
      } else {
        words += ". How often that is, the claim's population would tell; it gives none."
      }
      paragraphs.append(words)
    }
    return paragraphs
  }

  /// The FPIR that is claimed, or the one that NIST reports, or the lowest.
  func middle(_ rows: [ClaimPeople]) -> Double? {
    if case .tpir(let claimed) = claim.reading { return claimed }
    return Self.usual(rows.map(\.fpir))
  }

  /// The rate that NIST reports, or the lowest.
  static func usual(_ rates: [Double]) -> Double? {
    rates.contains(PublishedLine.fpir) ? PublishedLine.fpir : rates.min()
  }

  private func peopleWords(_ row: ClaimPeople) -> String {
    var words = "Where a stranger is named in \(Text.oneIn(row.fpir)) searches, "
    words +=
      "\(missed(row)) of 100 listed people pass unseen (class \(row.line), "
      + "\(Self.words(condition: row.condition)))"
    guard let day = row.days.first else { return words + "." }
    words +=
      "; \(Text.amount(Double(day.cameras))) cameras name the wrong person "
      + "\(band(day.wrong)) times a day, \(band(day.wrongPerCamera)) at each camera, strangers and listed "
      + "people taken for others"
    if let ratio = day.wrongPerRight {
      words +=
        ratio.low >= 1
        ? ", \(band(ratio)) for every right name"
        : ", one for \(Text.span(Text.amount(1 / ratio.high), Text.amount(1 / ratio.low))) right "
          + "names"
    }
    return words + "."
  }

  /// Of 100: as measured where it was, otherwise as reckoned.
  private func missed(_ row: ClaimPeople) -> String {
    let figure = figures.first {
      $0.reading == .tpir(fpir: row.fpir) && $0.line == row.line && $0.condition == row.condition
    }
    guard let figure, figure.measured != nil else { return band(row.missedPer100) }
    return Text.span(
      Text.amount(100 * (1 - figure.high)), Text.amount(100 * (1 - figure.low))) + " (measured)"
  }

  func band(_ band: ClaimPeople.Band) -> String {
    Text.span(Text.amount(band.low), Text.amount(band.high))
  }

  // MARK: - What it would take

  private func effortParagraphs(_ size: Int) -> [String] {
    guard let effort else {
      return ["Not reckoned: no speed was measured; --bench FILE gives one."]
    }
    let machine = effort.speed.machine
    var paragraphs = [
      "Measured on \(machine.cores) cores (\(machine.cpu), \(Text.bytes(machine.memoryBytes)), load "
        + "\(Text.fixed(machine.load, 1))): \(effort.speed.source), taken as linear in the number of "
        + "templates."
    ]
    if machine.load > Double(machine.cores) * 0.5 {
      paragraphs.append(
        "The machine was busy then, so it can do better than this; CPU times stand in the table below."
      )
    }
    for engine in effort.engines {
      var words =
        "- \(Self.words(engine: engine.name)), \(engine.bytesPerTemplate) bytes a template: "
      words += "\(Text.decimalBytes(engine.galleryBytes)) of memory, "
      words +=
        engine.machinesToHold == 1
        ? "which one such machine has. "
        : "which \(Text.count(engine.machinesToHold)) such machines have. "
      words += "One search takes one machine \(Self.time(engine.secondsAlone))"
      if engine.machinesToHold > 1 { words += ", had it the memory" }
      if let seconds = claim.seconds, let machines = engine.machinesInTime {
        words +=
          machines == 1
          ? ", within the \(Self.time(seconds))"
          : "; within \(Self.time(seconds)) it takes \(Text.count(machines)) machines"
      }
      words +=
        ". Searches together: \(Text.amount(engine.searchesPerSecond)) a second on one machine."
      paragraphs.append(words)
      for load in engine.loads {
        paragraphs.append(
          "  \(Text.amount(Double(load.cameras))) cameras, "
            + "\(Text.amount(load.searchesPerSecond)) searches a second: "
            + "\(Text.amount(load.cores)) cores and \(Text.decimalBytes(load.memoryBytes)) of memory."
        )
      }
    }
    if !effort.engines.contains(where: { $0.name == "int8" }) {
      paragraphs.append(
        "- Search of int8, 516 bytes a template: \(Text.decimalBytes(Double(size) * 516)) of memory; its "
          + "speed was not measured here.")
    }
    return paragraphs
  }

  static func words(engine: String) -> String {
    switch engine {
    case "exact": "Exact search, float32"
    case "int8": "Search of int8"
    case "sketch": "Sketches, the best rescored exactly"
    default: engine
    }
  }

  static func time(_ seconds: Double) -> String {
    seconds >= 120
      ? "\(Text.plain(seconds / 60)) minutes"
      : seconds >= 0.1 ? "\(Text.plain(seconds)) s" : "\(Text.milliseconds(seconds * 1e3)) ms"
  }

}
