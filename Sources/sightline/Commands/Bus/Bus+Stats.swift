// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Reports

extension Bus {
  struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what is on a bus, who reads it, and how much is kept.",
      discussion: """
        Counts events by type and camera, the range of places and times, runs by state, sightings that \
        are open, consumers and how many events each has still to take, the bytes of the file, and what \
        is dropped when. Reads beside a run that writes.
        """)

    @Option(help: ArgumentHelp("Event bus, sqlite:PATH.", valueName: "url"))
    var bus: String = "sqlite:sightline.db"

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws { _ = try BusArgument.file(bus) }

    func run() async throws {
      let reader = try SQLiteLogReader(try BusArgument.file(bus))
      let progress = Progress("bus stats", unit: "events")
      defer { progress.finish() }
      let survey = try await reader.survey { progress.update($0, of: $1) }
      progress.finish()
      try Console.output(json ? try survey.json(snakeCase: true) : survey.text(of: bus))
    }
  }
}
