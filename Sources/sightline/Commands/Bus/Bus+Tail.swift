// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Reports
internal import Sightings

extension Bus {
  struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print events, oldest first, as JSON lines.",
      discussion: """
        Reads beside a run that writes, and never blocks it. Each line is the event as it is on the \
        bus; delivery is at least once, so consumers go by source and id.
        """)

    @Option(help: ArgumentHelp("Event bus, sqlite:PATH.", valueName: "url"))
    var bus: String = "sqlite:sightline.db"

    @Option(help: ArgumentHelp("Start at this place on the bus.", valueName: "seq"))
    var from: Int64 = 1

    @Flag(help: "Go on with the events to come, until interrupted.")
    var follow = false

    @Option(help: "json: whole events. text: a line for a person to read.")
    var format: Format = .json

    func validate() throws { _ = try BusArgument.file(bus) }

    func run() async throws {
      let reader = try SQLiteLogReader(try BusArgument.file(bus))
      // Places start at 1; anything lower is the beginning.
      var last = max(1, from) - 1
      if follow {
        for try await event in reader.follow(after: last) { try show(event) }
        return
      }
      while true {
        let page = try await reader.events(after: last)
        guard let end = page.last else { return }
        for event in page { try show(event) }
        last = end.sequence
      }
    }

    private func show(_ event: StoredEvent) throws {
      switch format {
      case .json:
        // One line is one event: what is not a JSON object in one line was not written by a run.
        guard event.record.body.first == UInt8(ascii: "{"),
          !event.record.body.contains(UInt8(ascii: "\n"))
        else {
          Console.error("sightline: event \(event.sequence) is not JSON in one line; passed over")
          return
        }
        try Console.output(String(decoding: event.record.body, as: UTF8.self))
      case .text:
        guard let sighting = try? SightingEvent(json: event.record.body) else {
          try Console.output("\(event.sequence)  \(event.record.type)")
          return
        }
        try Console.output(sighting.line)
      }
    }
  }
}
