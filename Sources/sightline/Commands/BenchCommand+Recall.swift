// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Galleries
internal import Matching
internal import Population
internal import Reports

extension BenchCommand {
  struct Recall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare a matcher with exact search: mates, false alarms, first candidates.",
      discussion: """
        The exact lists are those of `sightline bench truth` with the same options: read if they are \
        there, computed and kept if not. The same probes then go through the matcher. Alarms are \
        candidates of strangers at the threshold that the population model gives for --fpir.
        """)

    enum Choice: String, CaseIterable, ExpressibleByArgument { case sketch, int8, exact }

    @OptionGroup var options: TruthOptions

    @Option(
      help: "sketch: 16-byte codes, then the best exactly. int8: 512 bytes a row. exact: 2,048.")
    var matcher: Choice = .sketch

    @Option(
      help: ArgumentHelp("False positive identification rate of an alarm.", valueName: "rate"))
    var fpir: Double = 0.01

    @Option(help: ArgumentHelp("Probes searched together.", valueName: "n"))
    var batch: Int = 64

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
      guard fpir > 0, fpir < 1 else {
        throw ValidationError("--fpir is a rate: give a number between 0 and 1, such as 0.01")
      }
      guard (1...65_536).contains(batch) else {
        throw ValidationError("--batch: give a number from 1 to 65536")
      }
    }

    func run() async throws {
      let found = try await options.find()
      let (truth, size) = (found.truth, found.truth.gallerySize)
      let population = truth.probes.population
      let threshold = population.impostors.threshold(fpir: fpir, gallerySize: size)
      let (choice, count, batch) = (matcher, options.threads.count, batch)
      let filling = Progress("gallery", unit: "templates")
      let searching = Progress("search", unit: "probes")
      let (information, trial) = try await BenchCommand.interruptible {
        let matcher = try await Self.make(choice, population, size, count) {
          filling.update($0, of: size)
        }
        filling.finish()
        let trial = try await MatcherTrial(matcher, truth.probes, k: truth.k, batch: batch) {
          searching.update($0, of: truth.probes.count)
        }
        return (matcher.information, trial)
      }
      searching.finish()
      let agreement = Agreement(
        exact: found.outcome.lists, found: trial.lists, mates: truth.probes.mates,
        threshold: Float(threshold))
      let report = RecallReport(
        found.report, agreement, trial, matcher: information, batch: batch, fpir: fpir,
        threshold: threshold)
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
    }

    private static func make(
      _ choice: Choice, _ population: Population, _ size: Int, _ threads: Int,
      progress: @escaping @Sendable (Int) -> Void
    ) async throws -> any Matcher {
      switch choice {
      case .sketch:
        SketchMatcher(
          gallery: try await SketchGallery.build(
            population: population, size: size, threads: threads, progress: progress),
          population: population, threads: threads)
      case .int8:
        Int8Matcher(
          gallery: try await QuantizedGallery.build(
            population: population, size: size, threads: threads, progress: progress),
          rescorer: .population(population), threads: threads)
      case .exact:
        ExactMatcher(
          gallery: try await InMemoryGallery.build(
            population: population, size: size, threads: threads, progress: progress),
          threads: threads)
      }
    }
  }
}
