// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Reports

extension Bus {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read a bus whole and check that everything on it fits together.",
      discussion: """
        Checks SQLite's own structure; that every event can be read and agrees with its row; that its id \
        is the one that follows from what it says; that each camera's numbers rise by one; that every \
        sighting is opened, updated and closed in its order, and that one still open is of a run that \
        goes on. `sightline schema validate` checks events against the schema.

        Exit status 1 with the first ten faults, one a line, if there are any.
        """)

    @Option(help: ArgumentHelp("Event bus, sqlite:PATH.", valueName: "url"))
    var bus: String = "sqlite:sightline.db"

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws { _ = try BusArgument.file(bus) }

    func run() async throws {
      let reader = try SQLiteLogReader(try BusArgument.file(bus))
      let progress = Progress("bus verify", unit: "events")
      defer { progress.finish() }
      let found = try await reader.verify { progress.update($0, of: $1) }
      progress.finish()
      for fault in found.faults { Console.error("sightline: \(fault)") }
      for note in found.notes { Console.note("note: \(note)") }
      if json { try Console.output(try found.json(snakeCase: true)) }
      guard found.isSound else {
        Console.error("sightline: \(bus) has \(Text.count(found.faultCount)) faults")
        throw ExitCode(ExitStatus.failure)
      }
      if !json {
        try Console.output(
          "\(bus): all \(Text.count(found.events)) events are sound, \(found.open) sightings open")
      }
    }
  }
}
