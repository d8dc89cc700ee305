// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Pipeline
internal import Reports
internal import SystemPackage

extension Bus {
  struct Forward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send what waits in an outbox to NATS JetStream.",
      discussion: """
        Goes on where the last forwarding to the same stream ended, beside a run or after it. Each event \
        is acknowledged by the stream before it counts as sent, keeps its camera's order, and is dropped \
        by its id where the stream has it already. A stream that goes away is waited for. How far it has \
        come is a named consumer on the outbox: `bus stats` tells what waits, which is kept as for any other.

        An event that the stream will not take, since it is too large or its subject is not allowed, is \
        parked: kept in the outbox with the reason, while the others go on. --retry-parked tries again, \
        and gives up each camera's order for those events.

        The stream is made if it is missing, and checked if settings are given: \
        nats://[user@]host[:port][,…]/STREAM?replicas=3&max-bytes=10G. tls:// encrypts; ca=, cert= and \
        key= name PEM files. Log in with nkey=SEEDFILE, creds=FILE, or a user and a password from \
        password-file= or SIGHTLINE_NATS_PASSWORD.
        """)

    @Option(help: ArgumentHelp("Where the events are, sqlite:PATH.", valueName: "url"))
    var outbox: String = "sqlite:sightline-outbox.db"

    @Option(help: ArgumentHelp("Where they go, nats://HOST/STREAM.", valueName: "url"))
    var to: String

    @Option(
      help: ArgumentHelp(
        "Name of the consumer on the outbox. (default: by host and stream)", valueName: "name"))
    var consumer: String?

    @Flag(help: "Go on with the events to come, until interrupted.")
    var follow = false

    @Option(help: ArgumentHelp("Without --follow, give up after so long.", valueName: "seconds"))
    var within: Double = 300

    @Flag(help: "After what waits, try once more what was parked.")
    var retryParked = false

    @Flag(help: "Print what was done as one JSON object.")
    var json = false

    func validate() throws {
      _ = try BusArgument.file(outbox, "--outbox")
      guard case .nats = try BusArgument.location(to, "--to") else {
        throw ValidationError("--to: give nats://HOST/STREAM")
      }
      if retryParked, follow {
        throw ValidationError("--retry-parked comes after what waits: leave --follow out")
      }
      guard (0.1...1e6).contains(within) else {
        throw ValidationError("--within: give seconds from 0.1 to 1e6")
      }
    }

    func run() async throws {
      let path = try BusArgument.file(outbox, "--outbox")
      guard case .nats(let location) = try BusArgument.location(to, "--to") else { return }
      ForwardProgress.warn(location)
      let signals = StopOnSignal(
        note: "stopping: what was not acknowledged waits in the outbox (again to quit)")
      let stop = signals.stop
      var report = try await carry(path, location, stop, parked: false)
      if retryParked, report.waiting == 0, report.failure == nil, !stop.isRaised {
        report.add(retried: try await carry(path, location, stop, parked: true))
      }
      try Console.output(json ? try report.json() : report.text)
      if stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
      if let shortfall = report.shortfall(outbox: "sqlite:\(path)") {
        Console.error("sightline: \(shortfall)")
        throw ExitCode(ExitStatus.failure)
      }
    }

    private func carry(
      _ path: FilePath, _ location: NATSLocation, _ stop: StopSignal, parked: Bool
    ) async throws -> ForwardReport {
      let forward = try await RunningForward.start(
        from: path, to: location, consumer: consumer, parked: parked,
        observer: ForwardProgress.observe)
      if !follow { forward.finish(within: .seconds(within)) }
      return await forward.value(stoppedBy: stop)
    }
  }
}
