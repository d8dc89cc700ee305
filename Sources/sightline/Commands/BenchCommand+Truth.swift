// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import FoundationEssentials
internal import Galleries
internal import Population
internal import Reports
internal import SystemPackage

extension BenchCommand {
  struct Truth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find the exact candidates of probes whose truth is known, and keep them.",
      discussion: """
        The gallery is drawn piece by piece and never stored, so its size is limited by patience alone. \
        Finished shards are kept in the cache: work that was interrupted, even by kill -9, is taken up by \
        the same command, and a second run reads.
        """)

    @OptionGroup var options: TruthOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
      let report = try await options.find().report
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
    }
  }
}

/// What decides a truth, as the commands have it that need one.
struct TruthOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The gallery, by its size: procedural:100k, procedural:1.3e9.", valueName: "procedural:n"))
  var gallery: String

  @Option(help: ArgumentHelp("Probes of people who are enrolled.", valueName: "n"))
  var mated: Magnitude = Magnitude(1_000)

  @Option(help: ArgumentHelp("Probes of strangers.", valueName: "n"))
  var nonmated: Magnitude = Magnitude(1_000)

  @Option(help: "Quality line: A0, A, B, C, D or E.")
  var line: QualityLine = .default

  @Option(
    help: ArgumentHelp(
      "Captures: enrolment, kiosk, aged:YEARS, shifted:COSINE or unconstrained.",
      valueName: "condition"))
  var condition: CaptureCondition = .enrolment

  @Option(help: ArgumentHelp("Number of the capture that is taken of everybody.", valueName: "n"))
  var draw: UInt64 = 0

  // Two dashes like every option here, though its name is a letter.
  @Option(name: .customLong("k"), help: ArgumentHelp("Candidates of a list.", valueName: "n"))
  var k: Int = 10

  @Option(help: "Seed of the population.")
  var seed: UInt64 = 1

  @OptionGroup var threads: ThreadsOption

  @Option(
    help: ArgumentHelp(
      """
      Folder where exact lists are kept; may be removed at any time. (default: sightline/truth in \
      $XDG_CACHE_HOME or ~/.cache)
      """, valueName: "dir"))
  var cache: String?

  func validate() throws {
    _ = try gallerySize()
    guard (1...10_000).contains(k) else {
      throw ValidationError("--k: give a number from 1 to 10000")
    }
    guard mated.value + nonmated.value >= 1 else {
      throw ValidationError("--mated and --nonmated: give at least one probe")
    }
    if cache?.isEmpty == true { throw ValidationError("--cache: give a folder") }
  }

  func gallerySize() throws -> Int {
    do {
      guard case .procedural(let size) = try GalleryArgument(gallery) else {
        throw ValidationError(
          "--gallery: give procedural:N; exact lists are of galleries by their size")
      }
      return size
    } catch let error as GalleryError {
      throw ValidationError("--gallery: \(error.message)")
    }
  }

  var truthCache: TruthCache {
    cache.map { TruthCache(FilePath($0)) } ?? .standard(ProcessInfo.processInfo.environment)
  }

  struct Found: Sendable {
    let truth: GroundTruth
    let outcome: GroundTruth.Outcome
    let report: TruthReport
  }

  /// Reads or computes the truth, with progress on standard error.
  func find() async throws -> Found {
    let size = try gallerySize()
    let truth = GroundTruth(
      try LabelledProbes(
        Population(seed: seed), gallerySize: size, mated: mated.value, nonMated: nonmated.value,
        line: line, condition: condition, draw: draw),
      gallerySize: size, k: k)
    let (cache, count) = (truthCache, threads.count)
    let progress = Progress("truth", unit: "templates")
    let (outcome, time) = try await ComputeTime.measure {
      try await BenchCommand.interruptible {
        try await truth.find(cache: cache, threads: count) { state in
          progress.update(state.done - state.cached, of: state.total - state.cached)
        }
      }
    }
    progress.finish()
    return Found(
      truth: truth, outcome: outcome,
      report: TruthReport(truth, outcome, cache: cache, threads: count, time: time))
  }
}

extension BenchCommand {
  /// Runs a step that an interrupt ends, with the documented status; what was finished is kept.
  static func interruptible<R: Sendable>(
    _ body: @escaping @Sendable () async throws -> R
  ) async throws -> R {
    do {
      return try await GalleryCommand.interruptible(body)
    } catch let error as EvaluationError where error.code == .interrupted {
      Console.error("sightline: \(error)")
      throw ExitCode(ExitStatus.interrupted)
    }
  }
}
