// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Files
internal import Reports
internal import SystemPackage

extension BenchCommand {
  struct BusSpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bus",
      abstract: "How many events a second the embedded bus makes durable, against a bare loop.",
      discussion: """
        By turns: our log, event by event through its group commit, and GRDB inserting the same records \
        in transactions of the same size into one table. Both sync every commit (synchronous = FULL), on \
        the disk of --folder. A count of bare syncs stands beside.
        """)

    @Option(help: ArgumentHelp("Events of a round.", valueName: "n"))
    var events: Magnitude = Magnitude(20_000)

    @Option(help: ArgumentHelp("Bytes of an event.", valueName: "n"))
    var bytes: Int = 700

    @Option(help: ArgumentHelp("Events of a commit.", valueName: "n"))
    var batch: Int = 128

    @Option(help: "Rounds, after one for warming up.")
    var rounds: Int = 7

    @Option(
      help: ArgumentHelp(
        "Folder on the disk to measure; files there are removed.", valueName: "folder"))
    var folder: String = "."

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file as well.", valueName: "file.json"))
    var out: String?

    func validate() throws {
      guard (100...10_000_000).contains(events.value) else {
        throw ValidationError("--events: give a number from 100 to 10m")
      }
      guard (100...100_000).contains(bytes) else {
        throw ValidationError("--bytes: give a number from 100 to 100000")
      }
      guard (1...100_000).contains(batch) else {
        throw ValidationError("--batch: give a number from 1 to 100000")
      }
      guard (1...1000).contains(rounds) else {
        throw ValidationError("--rounds: give a number from 1 to 1000")
      }
    }

    func run() async throws {
      var plan = BusPlan(folder: FilePath(folder))
      plan.events = events.value
      plan.bytes = bytes
      plan.batch = batch
      plan.rounds = rounds
      let progress = Progress("bench bus", unit: "rounds")
      let asked = plan
      let result = try await GalleryCommand.interruptible {
        defer { progress.finish() }
        return try await BusBench(asked) { progress.update($0, of: $1) }.run()
      }
      let report = BusBenchReport(
        result, machine: .current(libraries: LibraryVersions.all), command: CommandLine.arguments)
      if let out {
        try WholeFile.write(try report.json(snakeCase: true) + "\n", to: FilePath(out))
      }
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if result.interrupted { throw ExitCode(ExitStatus.interrupted) }
    }
  }
}
