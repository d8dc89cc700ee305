// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Pipeline

struct Sightline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sightline",
    abstract: "Match simulated camera feeds against a synthetic ID gallery, and measure it.",
    discussion: """
      Nobody real is in it: markers stand for faces, model draws for templates, and every event says \
      simulated: true.

      Data goes to standard output, words to standard error. Exit status: 0 done, 1 failed, 2 wrong \
      usage, 99 a declared limit broken, 130 interrupted.
      """,
    version: "sightline \(SoftwareVersion.current)",
    subcommands: [
      Simulate.self, GalleryCommand.self, Run.self, Score.self, Bus.self, PopulationCommand.self,
      AccuracyCommand.self, SweepCommand.self, CompareCommand.self, ClaimCommand.self,
      ReportCommand.self, SchemaCommand.self, SightingsCommand.self, ConfigCommand.self,
      BenchCommand.self, Doctor.self,
    ])
}
