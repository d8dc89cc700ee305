// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Pipeline
internal import Reports
internal import Sightings

extension Bus {
  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell recorded events again, at the pace at which they happened or faster.",
      discussion: """
        To another bus, or as JSON lines on standard output when there is no --to. Events keep their ids, \
        so a bus drops those it has already; a stream on NATS JetStream does so for as long as it remembers ids \
        (its duplicates window). The pace follows the events' own times (capture time).
        """)

    @Option(help: ArgumentHelp("Event bus to read, sqlite:PATH.", valueName: "url"))
    var bus: String = "sqlite:sightline.db"

    @Option(
      help: ArgumentHelp(
        "Event bus to tell them to, sqlite:PATH or nats://HOST/STREAM. (default: standard output)",
        valueName: "url"))
    var to: String?

    @Option(
      help: ArgumentHelp(
        "original, instant, or a factor such as 4x or 0.5x.", valueName: "pace"))
    var pace: String = "instant"

    @Option(
      help: ArgumentHelp(
        """
        Start at this place on the bus, or with events of this time or later, such as \
        2026-03-01T09:00:00Z.
        """, valueName: "seq|time"))
    var from: String = "1"

    @Flag(help: "Print what was told as one JSON object; needs --to.")
    var json = false

    func validate() throws {
      _ = try BusArgument.file(bus)
      if let to { _ = try BusArgument.location(to, "--to") }
      _ = try start()
      guard ReplayPace(pace) != nil else {
        throw ValidationError("--pace: give original, instant, or a factor such as 4x")
      }
      if json, to == nil { throw ValidationError("--json is for --to: the events are the output") }
    }

    func run() async throws {
      let source = try BusArgument.location(bus)
      let reader = try SQLiteLogReader(try BusArgument.file(bus))
      let replay = LogReplay(
        reader, from: try start(), pace: ReplayPace(pace) ?? .instant)
      let signals = StopOnSignal(note: "stopping after what is under way (again to quit)")
      let stop = signals.stop
      guard let to else {
        _ = try await replay.run(until: { stop.isRaised }) { events in
          for event in events {
            try Console.output(String(decoding: event.record.body, as: UTF8.self))
          }
        }
        if stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
        return
      }
      let target = try BusArgument.location(to, "--to")
      guard !target.isSame(as: source) else {
        throw Console.usage("--to names the bus that is read; choose another")
      }
      let progress = Progress("bus replay", unit: "places")
      defer { progress.finish() }
      let end = Int(try await reader.statistics().last?.sequence ?? 0)
      let tally: LogReplay.Tally
      var report: CarryReport
      switch target {
      case .nats(let location):
        (tally, report) = try await EventCarrier.replay(replay, to: location, stop: stop) {
          progress.update(min($0.events, end), of: end)
        }
      case .sqlite:
        let counts = CommitCounts()
        let bus = try target.openBus { counts.add($0.receipt) }
        do {
          tally = try await replay.run(until: { stop.isRaised }) { events in
            try await bus.submit(events.map(\.record), checkpoint: nil, completion: nil)
            progress.update(Int(events.last?.sequence ?? 0), of: end)
          }
        } catch {
          try? await bus.close()
          throw error
        }
        try await bus.close()
        report = CarryReport(
          events: tally.events, bytes: tally.bytes, appended: counts.appended,
          duplicates: counts.duplicates)
      }
      progress.finish()
      report.latestMS = pace == "instant" ? nil : tally.latest / .milliseconds(1)
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
    }

    private func start() throws -> LogReplay.Start {
      if let place = Int64(from), place >= 0 { return .place(place) }
      if let time = Timestamp(from) { return .time(time) }
      throw ValidationError(
        "--from: give a place, a number from 1, or a time in UTC such as 2026-03-01T09:00:00Z")
    }
  }
}
