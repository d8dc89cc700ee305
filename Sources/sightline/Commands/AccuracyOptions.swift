// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Galleries
internal import Matching
internal import Population
internal import SystemPackage

/// What an accuracy run searches, and what it states.
struct AccuracyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Gallery to search: a folder made by `sightline gallery create`, or procedural:N. (default: \
      procedural:100000)
      """, valueName: "path|procedural:n"))
  var gallery: String?

  @Option(
    help: ArgumentHelp(
      "Procedural galleries of these sizes, each nested in the next: 1e4,1e5,1.3e9.",
      valueName: "n,..."))
  var gallerySize: Listed<Magnitude>?

  @Option(help: ArgumentHelp("Searches of people who are enrolled.", valueName: "n"))
  var mated: Magnitude = Magnitude(5_000)

  @Option(help: ArgumentHelp("Searches of people who are not.", valueName: "n"))
  var nonmated: Magnitude = Magnitude(10_000)

  @Option(help: ArgumentHelp("Quality lines: A0, A, B, C, D or E.", valueName: "line,..."))
  var line = Listed([QualityLineName(.default)])

  @Option(help: "How genuine scores are drawn: gumbel or gaussian.")
  var shape: GenuineDistribution.Shape = .gumbel

  @Option(
    help: ArgumentHelp(
      "Captures: enrolment, kiosk, aged:YEARS, shifted:COSINE or unconstrained.",
      valueName: "condition,..."))
  var condition = Listed<CaptureCondition>([.enrolment])

  @Option(
    help: ArgumentHelp(
      """
      auto, exact, int8, sketch or streaming (exact, with the gallery drawn anew for every batch and never \
      stored). auto: what the folder holds; of a procedural gallery exact up to a million templates \
      (2 GB), sketch above.
      """, valueName: "matcher,..."))
  var matcher = Listed([AccuracyMatcherChoice.auto])

  @Option(
    help: ArgumentHelp(
      "List lengths of sketch search: codes reranked a search. (default: the matcher's own)",
      valueName: "n,..."))
  var rerank: Listed<Magnitude>?

  @Option(
    help: ArgumentHelp(
      """
      List lengths of sketch search by what they are to find: this share of mates and of false alarms, by \
      the model. (default: 0.997)
      """, valueName: "share,..."))
  var recall: Listed<Fraction>?

  @Option(
    help: ArgumentHelp(
      "False positive identification rates to state, none below 3 / non-mated searches.",
      valueName: "rate,..."))
  var fpir = Listed([Fraction(0.1), Fraction(0.01), Fraction(0.003)])

  @Option(
    name: .customShort("k", allowingJoined: false),
    help: "Candidates a search returns. (default: 50)")
  var shortK: Int?

  @Option(name: .customLong("k"), help: .hidden)
  var longK: Int?

  @Option(
    help: ArgumentHelp(
      """
      Non-mated probes that are searched exactly as well, drawing the gallery block by block, to tell \
      which false alarms an approximate matcher loses. (default: none)
      """, valueName: "n"))
  var reference: Magnitude?

  @Option(
    help: ArgumentHelp(
      """
      People of the nation that procedural galleries are the first of: gives people twins and siblings, \
      enrolled or not. (default: nobody has relatives)
      """, valueName: "n"))
  var nation: Magnitude?

  @Option(
    help: ArgumentHelp(
      """
      Demographic cells of census-like sizes, in which people look a little alike; errors are counted for \
      each. (default: none)
      """, valueName: "n"))
  var cells: Int?

  @Option(
    help: ArgumentHelp(
      """
      Searches for each kind of relative, of people who are not enrolled and whose relative is. (default: \
      1000 with --nation)
      """, valueName: "n"))
  var kin: Magnitude?

  @Option(
    help: ArgumentHelp(
      "Seed of the population. (default: 1, or that of the gallery's folder)", valueName: "seed"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Decides whom the probes show, their captures, and the bootstrap.", valueName: "seed"))
  var probeSeed: UInt64 = 1

  func validate() throws {
    if gallery != nil, gallerySize != nil {
      throw ValidationError("--gallery and --gallery-size both name the gallery: give one of them")
    }
    for size in gallerySize?.values ?? [] where size.value < 1 || size.value >= 1 << 40 {
      throw ValidationError("--gallery-size: give numbers from 1 to 2^40 - 1")
    }
    for length in rerank?.values ?? [] where !(1...1 << 30).contains(length.value) {
      throw ValidationError("--rerank: give numbers from 1 to 2^30")
    }
    if rerank != nil, recall != nil {
      throw ValidationError("--rerank and --recall both set the list length: give one of them")
    }
    if let nation, !(2...Int(Population.firstStranger)).contains(nation.value) {
      throw ValidationError("--nation: give a number from 2 to 2^40")
    }
    if let cells, !(1...65_536).contains(cells) {
      throw ValidationError("--cells: give a number from 1 to 65536")
    }
    if shortK != nil, longK != nil { throw ValidationError("give -k once") }
    _ = try lines()
    _ = try galleries()
  }

  private func lines() throws -> [QualityLine] {
    try line.values.map { named in
      guard let line = named.line.with(shape) else {
        throw ValidationError("line \(named.line.name) has no \(shape.rawValue) fit; leave it out")
      }
      return line
    }
  }

  private func galleries() throws -> [GalleryArgument] {
    do {
      guard let gallerySize else {
        return [try GalleryArgument(gallery ?? "procedural:100000")]
      }
      return gallerySize.values.map { .procedural(size: $0.value) }
    } catch {
      throw ValidationError("--gallery: \(error.message)")
    }
  }

  /// The plan and the population it is drawn from.
  ///
  /// - Throws: an exit code, with the reason told, where the options contradict each other; `FileError` where
  ///   the gallery cannot be opened.
  func plan() throws -> (AccuracyPlan, Population) {
    let galleries = try galleries()
    do {
      let (population, sizes) = try AccuracyGalleries.open(
        galleries, seed: seed, relatives: nation.map { Relatives(population: UInt64($0.value)) },
        cells: cells.map { .censusLike(count: $0) })
      return (try plan(population, Array(zip(galleries, sizes))), population)
    } catch let error as EvaluationError where error.code == .badPlan {
      throw Console.usage(error.message)
    }
  }

  private func plan(
    _ population: Population, _ galleries: [(GalleryArgument, Int)]
  ) throws -> AccuracyPlan {
    var points: [AccuracyPoint] = []
    for (gallery, size) in galleries {
      for choice in matcher.values {
        let matcher = try choice.matcher ?? .automatic(for: gallery)
        if matcher == .streaming, case .stored = gallery {
          throw Console.usage(
            "--matcher streaming draws procedural:N; a folder has templates to search")
        }
        let lists = matcher == .sketch ? lists(population, size) : [nil]
        if matcher != .sketch, rerank != nil || recall != nil, self.matcher.values.count == 1 {
          throw Console.usage(
            "--\(rerank == nil ? "recall" : "rerank") is for sketch search; add --matcher sketch")
        }
        for line in try lines() {
          for condition in condition.values {
            for list in lists {
              points.append(
                AccuracyPoint(
                  gallery: gallery.description, gallerySize: size, line: line,
                  condition: condition, matcher: matcher, listLength: list))
            }
          }
        }
      }
    }
    return try AccuracyPlan(
      population: population, probeSeed: probeSeed, mated: mated.value, nonMated: nonmated.value,
      k: shortK ?? longK ?? 50, fpir: fpir.values.map(\.value), points: points,
      reference: reference?.value,
      kin: kin?.value ?? (population.description.relatives == nil ? nil : 1000))
  }

  /// List lengths of sketch search in a gallery of this size; `nil` for the matcher's own.
  private func lists(_ population: Population, _ size: Int) -> [Int?] {
    if let rerank { return rerank.values.map { $0.value } }
    guard let recall else { return [nil] }
    let lengths = recall.values.map {
      SketchMatcher.listLength(
        for: SketchRecall(mates: $0.value, alarms: $0.value), population: population,
        gallerySize: size)
    }
    // Two shares may come to one length, of which there is one point.
    var seen: Set<Int> = []
    return lengths.filter { seen.insert($0).inserted }
  }
}

/// A matcher by name, or what suits the gallery.
enum AccuracyMatcherChoice: String, CaseIterable, ExpressibleByArgument, CustomStringConvertible {
  case auto, exact, int8, sketch, streaming

  var matcher: AccuracyMatcher? { AccuracyMatcher(rawValue: rawValue) }
  var description: String { rawValue }
}

/// A quality line as an argument.
struct QualityLineName: ExpressibleByArgument, CustomStringConvertible {
  let line: QualityLine

  init(_ line: QualityLine) { self.line = line }

  init?(argument: String) {
    guard let line = QualityLine.named(argument) else { return nil }
    self.line = line
  }

  var description: String { line.name }
}

/// A rate between 0 and 1, as 0.003, 3e-3 or 1/333.
struct Fraction: ExpressibleByArgument, CustomStringConvertible {
  let value: Double

  init(_ value: Double) { self.value = value }

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    switch (parts.first, parts.count) {
    case (let number??, 1): value = number
    case (let above??, 2):
      guard let below = parts[1], below > 0 else { return nil }
      value = above / below
    default: return nil
    }
    guard value > 0, value < 1 else { return nil }
  }

  var description: String { "\(value)" }
}

/// Values separated by commas.
struct Listed<Value: ExpressibleByArgument & CustomStringConvertible & Sendable>:
  ExpressibleByArgument, CustomStringConvertible, Sendable
{
  let values: [Value]

  init(_ values: [Value]) { self.values = values }

  init?(argument: String) {
    values = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap {
      Value(argument: String($0))
    }
    guard !values.isEmpty, values.count == argument.count(where: { $0 == "," }) + 1 else {
      return nil
    }
  }

  var description: String { values.map(\.description).joined(separator: ",") }
  var defaultValueDescription: String { description }
}

extension GenuineDistribution.Shape: ExpressibleByArgument {}
