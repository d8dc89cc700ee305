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

        To a stream on NATS JetStream the log is the outbox: the same as `bus forward`, which has more to say.

        From a stream a durable consumer on it fills a log, in the stream's order, and acknowledges what is \
        on the disk; a stream that goes away is waited for. kinds= names what is read: sighting unless told \
        otherwise, truth only by its name. A message that is none of our events is told with subject and \
        place, is not carried, and makes the exit status 1; the others go on. Log in as for `bus forward`; \
        besides, the account publishes to $JS.API.CONSUMER.> and $JS.ACK.> of the stream.
        """)

    @Option(
      help: ArgumentHelp(
        "Event bus to read, sqlite:PATH, or nats://HOST/STREAM into a log.", valueName: "url"))
    var from: String

    @Option(
      help: ArgumentHelp(
        "Event bus to tell them to, sqlite:PATH or nats://HOST/STREAM; made if missing.",
        valueName: "url"))
    var to: String

    @Option(
      help: ArgumentHelp(
        """
        Name of the consumer. (default: bridge to and the url; to NATS that of `bus forward`; from NATS by \
        this host and the log's path)
        """, valueName: "name"))
    var consumer: String?

    @Flag(help: "Go on with the events to come, until interrupted.")
    var follow = false

    @Flag(help: "Print what was carried as one JSON object.")
    var json = false

    func validate() throws {
      let (source, target) = try locations()
      if source.isSame(as: target) { throw ValidationError("--from and --to name the same bus") }
      if case .nats = source, let consumer {
        do {
          try ConsumerName.check(consumer)
        } catch {
          throw ValidationError("--consumer: \(error.message)")
        }
      }
    }

    func run() async throws {
      let (source, target) = try locations()
      let signals = StopOnSignal(note: "stopping after what is under way (again to quit)")
      let stop = signals.stop
      let report: CarryReport
      switch (source, target) {
      case (.sqlite(let path), .nats(let location)):
        report = try await EventCarrier.bridge(
          path, to: location, consumer: consumer, follow: follow, stop: stop)
      case (.nats(let location), _):
        report = try await EventCarrier.collect(
          location, into: target, consumer: consumer, follow: follow, stop: stop)
      case (.sqlite, .sqlite):
        report = try await EventCarrier.carry(
          try source.openSource(consumer: consumer ?? "bridge to \(target)"), to: target,
          follow: follow, stop: stop)
      }
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
      if report.skipped > 0 { throw ExitCode(ExitStatus.failure) }
    }

    private func locations() throws -> (from: BusLocation, to: BusLocation) {
      let source = try BusArgument.location(from, "--from")
      let target = try BusArgument.location(to, "--to")
      if case .nats = source, case .nats = target {
        throw ValidationError(
          "--to: a stream is carried into a log, sqlite:PATH; forward from there with `bus forward`"
        )
      }
      return (source, target)
    }
  }
}
