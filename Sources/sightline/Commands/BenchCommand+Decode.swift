// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Files
internal import Frames
internal import Reports
internal import SystemPackage

extension BenchCommand {
  struct Decode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How many frames a second are decoded, by pixel format and scale.",
      discussion: """
        The decode stage as `run` has it, alone, over frames held in memory: a decoder and a buffer a \
        thread, pixels left where the decoder put them. Bench/decode sets a C loop on the same library \
        beside it.
        """)

    @Argument(help: "Folder of the frame set, made by `sightline simulate`.")
    var frameset: String

    @Option(help: "gray or rgb. (default: both)")
    var format: PixelFormat?

    @Option(help: "1/1, 1/2, 1/4 or 1/8. (default: all)")
    var scale: DecodeScale?

    @Option(help: ArgumentHelp("Threads, with a decoder each.", valueName: "n"))
    var threads: Int = 1

    @Option(help: "Rounds, after one for warming up.")
    var rounds: Int = 5

    @Option(help: ArgumentHelp("Least time of a case in a round.", valueName: "t"))
    var duration: Seconds = Seconds(0.25)

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file as well.", valueName: "file.json"))
    var out: String?

    func validate() throws {
      guard (1...256).contains(threads) else {
        throw ValidationError("--threads: give a number from 1 to 256")
      }
      guard (1...1000).contains(rounds) else {
        throw ValidationError("--rounds: give a number from 1 to 1000")
      }
    }

    func run() async throws {
      var plan = DecodePlan(try FrameSet(opening: FilePath(frameset)))
      if let format { plan.formats = [format] }
      if let scale { plan.scales = [scale] }
      plan.threads = threads
      plan.rounds = rounds
      plan.seconds = duration.value
      let progress = Progress("bench decode", unit: "cases")
      let asked = plan
      let result = try await GalleryCommand.interruptible {
        defer { progress.finish() }
        return try await DecodeBench(asked) { progress.update($0, of: $1) }.run()
      }
      let report = DecodeReport(
        result, machine: .current(libraries: LibraryVersions.all), command: CommandLine.arguments)
      if let out {
        try WholeFile.write(try report.json(snakeCase: true) + "\n", to: FilePath(out))
      }
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if result.interrupted { throw ExitCode(ExitStatus.interrupted) }
    }
  }
}

extension PixelFormat: ExpressibleByArgument {}
