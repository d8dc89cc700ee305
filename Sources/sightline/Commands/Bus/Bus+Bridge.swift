// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Pipeline
internal import Reports

extension Bus {
  struct Bridge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Carry events from one bus to another, and remember how far.",
      discussion: """
        A named consumer on the first bus says how far it has come: started again, it goes on from there. \
        Nothing is lost, nothing told twice: events keep their ids, and a bus drops those it has already. \
        The first bus drops nothing this consumer has not taken, unless its policy says drop-oldest.

        To a stream on NATS JetStream the log is the outbox: the same as `bus forward`, which has more to say. \
        From a stream nothing is carried; Examples/consumers has one to copy.
        """)

    @Option(help: ArgumentHelp("Event bus to read, sqlite:PATH.", valueName: "url"))
    var from: String

    @Option(
      help: ArgumentHelp(
        "Event bus to tell them to, sqlite:PATH or nats://HOST/STREAM; made if missing.",
        valueName: "url"))
    var to: String

    @Option(
      help: ArgumentHelp(
        "Name of the consumer. (default: bridge to and the url; for NATS that of `bus forward`)",
        valueName: "name"))
    var consumer: String?

    @Flag(help: "Go on with the events to come, until interrupted.")
    var follow = false

    @Flag(help: "Print what was carried as one JSON object.")
    var json = false

    func validate() throws {
      let (source, target) = try locations()
      if source == target { throw ValidationError("--from and --to name the same bus") }
    }

    func run() async throws {
      let (source, target) = try locations()
      let signals = StopOnSignal(note: "stopping after what is under way (again to quit)")
      let stop = signals.stop
      if case .nats(let location) = target, case .sqlite(let path) = source {
        let report = try await StreamCarrier.bridge(
          path, to: location, consumer: consumer, follow: follow, stop: stop)
        try Console.output(json ? try report.json(snakeCase: true) : report.text)
        if stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
        return
      }
      // The source first: a target should not be made for a source that is not there.
      let events = try source.openSource(consumer: consumer ?? "bridge to \(target)")
      let counts = CommitCounts()
      let bus = try target.openBus { counts.add($0.receipt) }
      let progress = CountProgress("bus bridge")
      let tally: BusBridge.Tally
      do {
        tally = try await BusBridge(from: events, to: bus).run(
          follow: follow, until: { stop.isRaised }, progress: { progress.update($0.events) })
      } catch {
        try? await bus.close()
        throw error
      }
      try await bus.close()
      try await events.close()
      progress.finish()
      let report = CarryReport(
        events: tally.events, bytes: tally.bytes, appended: counts.appended,
        duplicates: counts.duplicates)
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
    }

    private func locations() throws -> (from: BusLocation, to: BusLocation) {
      if case .nats = try BusArgument.location(from, "--from") {
        throw ValidationError(
          "--from: a stream is read by a consumer of its own; copy "
            + "Examples/consumers/python/nats_consumer.py, or bridge from the log it was forwarded from"
        )
      }
      return (
        .sqlite(try BusArgument.file(from, "--from")), try BusArgument.location(to, "--to")
      )
    }
  }
}
