// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Files
internal import Frames
internal import Pipeline
internal import Reports
internal import SystemPackage

extension BenchCommand {
  struct Stages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What each stage costs alone, and the whole pipeline beside their sum.",
      discussion: """
        By turns: the pipeline at work on all frames at once, and each of its stages by itself, with no \
        queue and nothing beside it. What the pipeline takes above the sum goes to queues, threads and \
        what stages take from each other: memory bandwidth, caches, clock.
        """)

    @Argument(help: "Folder of the frame set, made by `sightline simulate`.")
    var frameset: String

    @OptionGroup var stages: PipelineStageOptions

    @OptionGroup var batching: BatchOptions

    @Option(help: "Rounds, after one for warming up.")
    var rounds: Int = 5

    @Option(help: ArgumentHelp("Least time of the pipeline in a round.", valueName: "t"))
    var duration: Seconds = Seconds(3)

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file as well.", valueName: "file.json"))
    var out: String?

    func validate() throws {
      try stages.check()
      try batching.check()
      guard (1...1000).contains(rounds) else {
        throw ValidationError("--rounds: give a number from 1 to 1000")
      }
    }

    func run() async throws {
      var plan = PipelinePlan(
        try stages.configuration(FrameSet(opening: FilePath(frameset))), scenario: .offline)
      plan.configuration.batch = batching.limits
      plan.seconds = duration.value
      plan.warmup = 0.5
      plan.usesBus = stages.bus == .sqlite
      let (loading, progress) = (LoadProgress(), Progress("bench stages", unit: "rounds"))
      let asked = plan
      let rounds = rounds
      let result = try await GalleryCommand.interruptible {
        defer { progress.finish() }
        return try await StagesBench(asked, rounds: rounds, observer: loading.observe) {
          loading.finish()
          progress.update($0, of: $1)
        }.run()
      }
      let report = StagesReport(
        result, machine: .current(libraries: LibraryVersions.all), command: CommandLine.arguments)
      if let out {
        try WholeFile.write(try report.json(snakeCase: true) + "\n", to: FilePath(out))
      }
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if result.interrupted { throw ExitCode(ExitStatus.interrupted) }
    }
  }
}
