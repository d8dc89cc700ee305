// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Pipeline
internal import Reports

extension Bus {
  struct Forward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send what waits in an outbox to NATS JetStream.",
      discussion: """
        Goes on where the last forwarding to the same stream ended, beside a run or after it. Each event \
        is acknowledged by the stream before it counts as sent, keeps its camera's order, and is dropped \
        by its id where the stream has it already. A stream that goes away is waited for. How far it has \
        come is a named consumer on the outbox: `bus stats` tells what waits, which is kept as for any other.

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

    @Flag(help: "Print what was done as one JSON object.")
    var json = false

    func validate() throws {
      _ = try BusArgument.file(outbox, "--outbox")
      guard case .nats = try BusArgument.location(to, "--to") else {
        throw ValidationError("--to: give nats://HOST/STREAM")
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
      let forward = try await RunningForward.start(
        from: path, to: location, consumer: consumer, observer: ForwardProgress.observe)
      let watching = Task { [stop = signals.stop] in
        while !stop.isRaised { try await Task.sleep(for: .milliseconds(20)) }
        forward.finish(within: .seconds(2))
      }
      defer { watching.cancel() }
      if !follow { forward.finish(within: .seconds(within)) }
      let report = try await forward.value()
      try Console.output(json ? try report.json() : report.text)
      if signals.stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
      if report.waiting > 0 {
        Console.error("sightline: \(report.waitingText(outbox: "sqlite:\(path)"))")
        throw ExitCode(ExitStatus.failure)
      }
    }
  }
}
