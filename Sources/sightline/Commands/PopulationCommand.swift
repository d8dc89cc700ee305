// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Files
internal import Population
internal import Reports

struct PopulationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "population",
    abstract: "Ask the population model: thresholds, what it is, whether it meets its figures.",
    subcommands: [Threshold.self, Info.self, Check.self])

  struct Threshold: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The threshold for a gallery size and an FPIR, and what it costs in misses.",
      discussion: """
        Closed forms; nothing is simulated. Both shapes of genuine scores are given where a line has \
        both: the results that the model was fitted to cannot tell them apart.
        """)

    @Option(help: ArgumentHelp("Templates in the gallery, such as 100k or 1.3e9.", valueName: "n"))
    var gallerySize: Magnitude

    @Option(help: ArgumentHelp("False positive identification rate to aim for.", valueName: "rate"))
    var fpir: Double = 0.003

    @Option(help: "Quality line: A0, A, B, C, D or E. (default: all)")
    var line: QualityLine?

    @Option(
      help: ArgumentHelp(
        "Captures: enrolment, kiosk, aged:YEARS, shifted:COSINE or unconstrained.",
        valueName: "condition"))
    var condition: CaptureCondition = .enrolment

    @Option(
      help: ArgumentHelp(
        "People of the nation that the gallery is part of: adds what their relatives do.",
        valueName: "n"))
    var nation: Magnitude?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
      guard fpir > 0, fpir < 1 else {
        throw ValidationError("--fpir is a rate: give a number between 0 and 1, such as 0.003")
      }
      guard gallerySize.value >= 1, gallerySize.value <= 1_000_000_000_000 else {
        throw ValidationError("--gallery-size: give a number from 1 to 1e12")
      }
      if let nation, nation.value < max(2, gallerySize.value) {
        throw ValidationError("--nation: give at least as many people as the gallery has")
      }
    }

    func run() throws {
      let table = ThresholdTable(
        Population(seed: 1).impostors, gallerySize: gallerySize.value, fpir: fpir,
        lines: line.map { [$0] } ?? QualityLine.all, condition: condition,
        relatives: nation.map { Relatives(population: UInt64($0.value)) })
      try Console.output(json ? try table.json() : text(table))
    }

    private func text(_ table: ThresholdTable) -> String {
      var text = """
        threshold  \(Text.fixed(table.threshold, 4))  for FPIR \(Text.rate(table.fpir)) in \
        \(Text.count(table.gallerySize)) templates
        FMR        \(Text.rate(table.fmr))  of two random strangers at that threshold
        captures   \(table.condition)


        """
      let band = { (band: ThresholdTable.Band) in
        [Text.fixed(band.gumbel, 4), band.gaussian.map { Text.fixed($0, 4) } ?? "-"]
      }
      text += Text.table(
        [["line", "rank-1 miss", "(Gaussian)", "FNIR", "(Gaussian)"]]
          + table.rows.map { [$0.line] + band($0.rankOneMiss) + band($0.fnir) }, indent: "")
      text +=
        "\n\nMisses with Gumbel genuine scores, and with Gaussian ones, which the data behind the "
      text += "model\ncannot tell apart. Neither bounds the truth.\n"
      text +=
        table.extrapolated
        ? "Extrapolated: nothing above 12,000,000 templates is supported by a measurement."
        : "Within the sizes that measurements support (up to 12,000,000 templates)."
      guard !table.relatives.isEmpty else {
        return text + "\nNo relatives are counted; --nation adds them."
      }
      text += "\n\nRelatives enrolled, to be added to FPIR (assumed shares, line "
      text += "\(table.relativesLine)):\n"
      text += Text.table(
        [["kind", "share of people", "pass", "adds"]]
          + table.relatives.map {
            [$0.kind.rawValue] + [$0.share, $0.passing, $0.fpir].map(Text.rate)
          }, indent: "")
      return text
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The parameters of the population, its digest and the quality lines.")

    @Option(help: "Seed of the population.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object: the description.")
    var json = false

    func run() throws {
      let description = PopulationDescription(seed: seed)
      if json {
        try Console.output(try description.json())
        return
      }
      let lines = (QualityLine.all + QualityLine.allGaussian).map { line in
        [
          line.name, line.genuine.shape.rawValue, Text.fixed(line.genuine.mode, 3),
          Text.fixed(line.genuine.scale, 4), Text.fixed(line.genuine.failureRate, 5),
          Text.fixed(line.genuine.mean, 3), Text.fixed(line.genuine.deviation, 3),
        ]
      }
      try Console.output(
        description.canonicalText + "digest=\(description.digest.hex)\n\n"
          + Text.table(
            [["line", "shape", "mode", "scale", "failed", "mean", "deviation"]] + lines, indent: ""
          ))
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure the model's 21 check figures; exit status 1 if one is missed.")

    @Flag(help: "Also the searches of 100,000 and 1.6 million: minutes instead of seconds.")
    var heavy = false

    @Flag(help: "Print a table in Markdown.")
    var markdown = false

    @Flag(help: "Print one JSON array.")
    var json = false

    @Option(help: "Seed of the population.")
    var seed: UInt64 = 1

    @Option(help: "Threads.")
    var threads: Int = 2

    func validate() throws {
      guard (1...256).contains(threads) else {
        throw ValidationError("--threads: give a number from 1 to 256")
      }
      if markdown, json { throw ValidationError("--markdown and --json: give one of them") }
    }

    func run() async throws {
      let numbers = PopulationChecks.all.filter { heavy || !PopulationChecks.heavy.contains($0) }
      var checks = try await PopulationChecks(seed: seed, threads: threads).run(numbers) {
        Console.note("checking \($0)")
      }
      if !heavy { checks.insert(contentsOf: PopulationChecks.heavyNotRun, at: 7) }
      try Console.output(
        json
          ? try checks.json()
          : markdown ? PopulationChecks.markdown(checks) : PopulationChecks.text(checks))
      if checks.contains(where: { $0.passed == false }) { throw ExitCode(ExitStatus.failure) }
      if !heavy { Console.note("the heavy checks 8, 9 and 10 were left out; --heavy runs them") }
    }
  }
}

extension CaptureCondition: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }

  package var defaultValueDescription: String { description }
}
