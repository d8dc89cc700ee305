// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Files
internal import Matching
internal import Pipeline
internal import Population
internal import Reports
internal import SystemPackage

struct AccuracyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy",
    abstract: "Measure FNIR, FPIR and their like by labelled searches, with intervals.",
    subcommands: [Measure.self, Export.self],
    defaultSubcommand: Measure.self)
}

extension AccuracyCommand {
  struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Search labelled probes with a real matcher and count what goes wrong.",
      discussion: """
        Several galleries, lines, conditions or list lengths, separated by commas, make a sweep: every \
        combination is a point of one result, with its cost beside its errors. All points have the same \
        probes. Every batch of searches is kept in the run folder when it is done; the same command goes \
        on where an interrupted one was.
        """)

    @OptionGroup var options: AccuracyOptions

    @Option(
      help: ArgumentHelp(
        "Folder of the run. (default: accuracy- and the plan's digest)", valueName: "dir"))
    var out: String?

    @Option(
      help: ArgumentHelp(
        "Probes searched together. (default: 256; sketch 64, streaming 1024)", valueName: "n"))
    var batch: Int?

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Start over, even if the folder holds searches of this run.")
    var fresh = false

    @Flag(help: "Print the result as one JSON object.")
    var json = false

    func validate() throws {
      guard batch.map({ (1...1024).contains($0) }) ?? true else {
        throw ValidationError("--batch: give a number from 1 to 1024")
      }
      if out == "" { throw ValidationError("--out: give a folder") }
    }

    func run() async throws {
      let (plan, population) = try options.plan()
      let path = FilePath(out ?? "accuracy-\(plan.digest.prefix(4))")
      let folder = try AccuracyFolder(path, for: plan, fresh: fresh)
      let run = AccuracyRun(plan, population: population, threads: threads.count, batch: batch)
      let observer = AccuracyProgress(plan)
      let machine = AccuracyCommand.machine
      let software = AccuracyResult.Software(
        version: SoftwareVersion.current,
        command: ["sightline"] + CommandLine.arguments.dropFirst())
      Console.note("run folder: \(path)")
      let result: AccuracyResult
      do {
        result = try await CancelOnSignal().running { [folder] in
          var result = try await run.execute(
            in: folder, software: software, machine: machine, progress: observer.observe)
          result.software.finishedAt = UTC.now
          result.machine.load = AccuracyCommand.machine.load
          return result
        }
      } catch let error as EvaluationError where error.code == .interrupted {
        observer.finish()
        Console.error("sightline: \(error)")
        throw ExitCode(ExitStatus.interrupted)
      }
      observer.finish()
      let text = AccuracyReport(result).text
      try folder.write(result, summary: text)
      try Console.output(json ? try result.encoded() : text)
    }

  }

  /// This machine, for results.
  static var machine: AccuracyResult.Machine {
    let report = DoctorReport.current(libraries: [:])
    return AccuracyResult.Machine(
      cpu: report.cpu, cores: report.cores, memoryBytes: report.memory.totalBytes,
      kernels: BlockProduct.kernelVariant, load: report.load)
  }
}
