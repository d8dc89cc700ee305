// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
internal import Files
internal import FoundationEssentials
internal import Pipeline
internal import Population
package import Sweeps

/// Results of labelled searches, and a claim, as one page that needs nothing beside it: no network, no
/// library, no font. What a reader is to know stands first, in words; every chart has its table.
///
/// Charts are SVG drawn by a script of ours. Of kept libraries Vega was tried: Debian's `libjs-vega` comes as
/// 28 modules without the one that joins them, its charts are drawn anew for dark and for paper, and it
/// compiles expressions at run time, which the page's content security policy forbids. Six charts of lines
/// and bars are smaller than the glue.
package struct ReportPage {
  /// Points that a page can hold.
  static let largestPoints = 1000

  let results: [AccuracyResult]
  let sweeps: [FrameSweepResult]
  let verdict: ClaimVerdict?
  private let population: Population
  private let data: ReportData?

  /// - Parameters:
  ///   - results: runs of the same population.
  ///   - sweeps: of the whole pipeline.
  /// - Throws: `ReportError` where there is nothing to show or it does not go together.
  package init(
    _ results: [AccuracyResult], sweeps: [FrameSweepResult] = [], verdict: ClaimVerdict? = nil
  ) throws(ReportError) {
    guard !results.isEmpty || !sweeps.isEmpty || verdict != nil else {
      throw ReportError(.nothing, "nothing to report; give the folder of a run, or --claim")
    }
    for result in results { try result.checkForPage() }
    for sweep in sweeps { try sweep.checkForPage() }
    let points =
      results.reduce(0) { $0 + $1.points.count } + sweeps.reduce(0) { $0 + $1.points.count }
    guard points <= Self.largestPoints else {
      throw ReportError(
        .tooLarge,
        "\(points) points are more than a page shows (\(Self.largestPoints)); give fewer runs")
    }
    population = try Self.population(results.first?.plan, verdict)
    for result in results where result.plan.population != population.digest {
      throw ReportError(
        .otherPopulation,
        "the run of plan \(result.planDigest.prefix(6)) is of another population than "
          + "\(population.digest.prefix(6)), so that no model joins them; report it by itself, with the "
          + "sightline that made it")
    }
    self.results = results
    self.sweeps = sweeps
    self.verdict = verdict
    let data = ReportData(results, verdict, population)
    self.data = data.series.isEmpty ? nil : data
  }

  private static func population(
    _ plan: AccuracyPlan?, _ verdict: ClaimVerdict?
  ) throws(ReportError) -> Population {
    guard let plan else { return Population(seed: verdict?.model.seed ?? 1) }
    do {
      return try plan.describedPopulation()
    } catch {
      throw ReportError(
        .damaged, "the run of plan \(plan.digest.prefix(6)) is of no population: \(error)")
    }
  }

  var points: [AccuracyResult.Point] { results.flatMap(\.points) }

  /// The largest gallery searched.
  var largest: AccuracyResult.Point? {
    points.max { ($0.gallerySize, $0.searches) < ($1.gallerySize, $1.searches) }
  }

  private var title: String {
    if let verdict { return verdict.claim.name }
    guard let largest else {
      return sweeps.isEmpty
        ? "Searches with known truth" : "What do cheaper pictures cost in people missed?"
    }
    return
      "How often are people missed or mistaken among \(Text.amount(Double(largest.gallerySize)))?"
  }

  /// The whole page: UTF-8, some 100 kB and the runs.
  package func html() throws -> String {
    var parts = [verdictSection]
    if let data { parts.append(peopleSection(data)) }
    if data != nil { parts.append(growthSection) }
    if !points.isEmpty { parts += [rankSection, costSection] }
    if !sweeps.isEmpty { parts.append(framesSection) }
    if let cohorts = cohortSection { parts.append(cohorts) }
    if let twins = twinSection { parts.append(twins) }
    if let trust = trustSection { parts.append(trust) }
    parts += [reproduceSection, wordsSection]
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(PageAssets.policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="sightline \(SoftwareVersion.current)">
      <meta name="referrer" content="no-referrer">
      <title>\(title)</title>
      <style>\(PageAssets.style)</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the findings</a>
      <header>
      <p class="simulated">\(basis)</p>
      <h1>\(title)</h1>
      \(lead)\(navigation)</header>
      <main id="main">
      \(parts)</main>
      <footer><p>Made by sightline \(SoftwareVersion.current). This page loads nothing from anywhere.</p></footer>
      \(try embedded())<script>\(PageAssets.script)</script>
      </body>
      </html>

      """
    return page.markup
  }

  /// Whose figures these are.
  private var basis: String {
    guard let verdict else { return "Simulated people; nobody real is in it" }
    return verdict.figures.isEmpty && results.isEmpty && sweeps.isEmpty
      ? "Counts as published; nothing was searched" : "A claim, examined with simulated people"
  }

  private var lead: HTML {
    guard let claim = verdict?.claim else {
      guard !results.isEmpty else {
        return .paragraph(
          "Simulated cameras were run through the whole chain, from picture to name, with the right answer "
            + "known. This page says whom it missed, where, and what it cost.")
      }
      return .paragraph(
        "People were looked for in galleries of simulated faces, with the right answer known. This page "
          + "says how often the search missed them, how often strangers were taken for somebody, and "
          + "what that would mean at a camera.")
    }
    let quote =
      claim.quote.map { "<blockquote>\(HTML.paragraph("“\($0)”"))</blockquote>\n" as HTML } ?? ""
    let source = claim.source.map { HTML.paragraph("Source: \($0)", kind: "soft small") } ?? ""
    return quote + source
  }

  private var navigation: HTML {
    var links = [("verdict", "Verdict")]
    if data != nil {
      links += [("people", "What it means for people"), ("growth", "Larger galleries")]
    }
    if !points.isEmpty { links += [("ranks", "Lists"), ("cost", "Time and error")] }
    if !sweeps.isEmpty { links.append(("frames", "From camera to name")) }
    if cohortSection != nil { links.append(("cohorts", "Not everybody alike")) }
    if twinSection != nil { links.append(("twins", "Twins")) }
    if trustSection != nil { links.append(("trust", "Can it be relied on?")) }
    links += [("reproduce", "Reproduce"), ("words", "Words")]
    let items = links.map { "<li><a href=\"#\($0.0)\">\($0.1)</a></li>" as HTML }
    return "<nav aria-label=\"On this page\"><ul>\(items)</ul></nav>\n"
  }

  /// Runs and verdict as they are, and what the script needs beside them.
  private func embedded() throws -> HTML {
    var all: [HTML] = []
    for (index, result) in results.enumerated() {
      all.append(.data(try result.encoded(), id: "run-\(index)"))
    }
    for (index, sweep) in sweeps.enumerated() {
      all.append(.data(try sweep.encoded(), id: "sweep-\(index)"))
    }
    if let verdict { all.append(.data(try verdict.json(snakeCase: true), id: "verdict-data")) }
    if let data {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.sortedKeys]
      all.append(.data(String(decoding: try encoder.encode(data), as: UTF8.self), id: "page-data"))
    }
    return all.joined()
  }
}
