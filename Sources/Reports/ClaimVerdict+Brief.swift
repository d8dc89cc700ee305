// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Population

// What a reader who has a minute takes away: what the figure is, by what "found" may mean; whether the
// time is kept; how many are taken for somebody else. One class of recogniser stands for all.
extension ClaimVerdict {
  struct Brief {
    /// Over the answers: whom they are of.
    let title: String
    let head: [String]
    let rows: [Row]
    let sentences: [String]

    struct Row {
      let words: String
      /// One for each kind of photo.
      let cells: [Cell]
    }

    struct Cell {
      let share: String
      let isMeasured: Bool
      let outcome: ClaimOutcome?
    }
  }

  /// `nil` for a claim of no gallery, or of no faces.
  var brief: Brief? {
    guard let size = claim.gallerySize, !figures.isEmpty else { return nil }
    let line = briefLine
    // Two kinds of photo say what a third would.
    let conditions = Array(claim.conditions.prefix(2))
    let rows = briefReadings.map { reading in
      Brief.Row(
        words: Self.brief(reading),
        cells: conditions.compactMap { condition in
          figures.first {
            $0.reading == reading && $0.line == line && $0.condition == condition
          }.map { figure in
            Brief.Cell(
              share: Self.hundred(figure.low, figure.high),
              isMeasured: figure.measured != nil, outcome: figure.outcome)
          }
        })
    }
    return Brief(
      title:
        "Of 100 people in a file of \(Text.amount(Double(size))) who pass a camera, these are found",
      head: ["where found means"] + conditions.map(Self.words(photo:)), rows: rows,
      sentences: timeSentence + wrongSentence + [
        "All of it for \(ClaimVerdict.words(line: line)); what better and worse ones do stands below."
      ])
  }

  /// The class that stands for all: the claim's own, or the one that wrong names are told of.
  private var briefLine: String {
    people.first?.line ?? (claim.lines.contains("C") ? "C" : claim.lines[0])
  }

  /// The reading that is claimed; of many the first of each kind, and the usual threshold.
  private var briefReadings: [ClaimReading] {
    if let own = claim.reading { return [own] }
    let ranks = claim.readings.filter { if case .rank = $0 { true } else { false } }
    let rates = claim.fpirs.filter { claim.readings.contains(.tpir(fpir: $0)) }
    var readings = Array(ranks.prefix(2))
    for rate in [rates.max(), Self.usual(rates)].compactMap({ $0 })
    where !readings.contains(.tpir(fpir: rate)) {
      readings.append(.tpir(fpir: rate))
    }
    return readings
  }

  /// Of 100, in as many digits as one remembers.
  private static func hundred(_ low: Double, _ high: Double) -> String {
    let digits = high > 0.9 || low < 0.1 ? 1 : 0
    return Text.span(Text.fixed(100 * low, digits), Text.fixed(100 * high, digits))
  }

  private static func brief(_ reading: ClaimReading) -> String {
    switch reading {
    case .rank(1): "put first of all"
    case .rank(let rank): "on a list of \(rank) that a person looks through"
    case .tpir(let fpir):
      "named by the machine, \(Text.oneIn(fpir)) strangers wrongly"
    }
  }

  private static func words(photo condition: String) -> String {
    switch CaptureCondition(condition) {
    case .enrolment: "photo as enrolled"
    case .kiosk: "kiosk or webcam"
    default: short(condition)
    }
  }

  static func words(line: String) -> String {
    let kind =
      switch line {
      case "A0": "a leader of 2021"
      case "A": "a good recogniser"
      case "B": "a recogniser at the median"
      case "C": "a recogniser of the lower third"
      case "D": "a weak recogniser"
      case "E": "a very weak recogniser"
      default: "a recogniser"
      }
    return "\(kind) (class \(line))"
  }

  /// Whether one search keeps the claimed time, and what all of them take.
  private var timeSentence: [String] {
    guard let effort, let engine = effort.engines.min(by: { $0.secondsAlone < $1.secondsAlone })
    else { return [] }
    // Of a claim without time and cameras there is nothing to hold it against.
    if claim.seconds == nil, engine.loads.isEmpty { return [] }
    let cores = effort.speed.machine.cores
    var words = "One search takes one machine like the one here (\(cores) cores) "
    words += Self.time(engine.secondsAlone)
    if let seconds = claim.seconds {
      words =
        engine.machinesInTime == 1
        ? "Within \(Self.time(seconds)): yes, for one search. " + words
        : "Within \(Self.time(seconds)): yes, by \(engine.machinesInTime.map(Text.count) ?? "more") "
          + "machines together. " + words
    }
    words += "."
    if let load = effort.engines.compactMap(\.loads.first).min(by: { $0.machines < $1.machines }) {
      words +=
        " But \(Text.amount(Double(load.cameras))) cameras ask for "
        + "\(Text.amount(load.searchesPerSecond)) searches a second, which is work for "
        + "\(Text.amount(load.machines)) such machines that search many at a time."
    }
    return [words]
  }

  /// People taken for somebody else, at the usual threshold.
  private var wrongSentence: [String] {
    let rows = people.filter { $0.condition == claim.conditions.first }
    guard let row = rows.first(where: { $0.fpir == middle(rows) }),
      let day = row.days.first
    else { return [] }
    return [
      "The figure says nothing of people taken for somebody else. Where the machine names people and "
        + "\(Text.oneIn(row.fpir)) strangers wrongly, each camera names a wrong person "
        + "\(band(day.wrongPerCamera)) times a day, all of them together \(band(day.wrong)) times."
    ]
  }
}
