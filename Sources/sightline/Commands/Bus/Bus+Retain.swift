// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Reports

extension Bus {
  struct Retain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how much a bus keeps; part of the bus, so that every run keeps to it.",
      discussion: """
        Without limits, the default, everything is kept. What is beyond a limit goes, oldest first, with \
        the commits of the run that writes; what a named consumer has not taken stays. When that fills \
        the log to its limit, block ends the run with an error after five seconds (it goes on where it \
        ended); drop-oldest drops it and counts it as lost for that consumer. Each camera's last event \
        and what is open always stay. Pages of dropped events are used again: the file keeps its size, \
        and does not grow.
        """)

    @Option(help: ArgumentHelp("Event bus, sqlite:PATH.", valueName: "url"))
    var bus: String = "sqlite:sightline.db"

    @Option(
      help: ArgumentHelp(
        "Events that came longer ago may go: 90s, 15m, 36h, 30d or none.", valueName: "age"))
    var maxAge: Limit<Age>?

    @Option(help: ArgumentHelp("At most so many events: 1m, or none.", valueName: "n"))
    var maxEvents: Limit<Magnitude>?

    @Option(
      help: ArgumentHelp(
        "At most so many bytes in use in the file, its WAL apart: 10gb, or none.", valueName: "size"
      ))
    var maxBytes: Limit<ByteCount>?

    @Option(help: "What happens when the limit is full of what consumers have not taken.")
    var whenFull: RetentionPolicy.WhenFull?

    @Flag(help: "Drop at once what is beyond the limits.")
    var now = false

    @Flag(help: "With --now: give the space of dropped events back, by writing the file anew.")
    var compact = false

    func validate() throws {
      _ = try BusArgument.file(bus)
      if compact, !now { throw ValidationError("--compact goes with --now") }
      if case .some(let events) = maxEvents, let value = events.value, value.value < 1 {
        throw ValidationError("--max-events: give 1 or more, or none")
      }
    }

    func run() async throws {
      let path = try BusArgument.file(bus)
      let tables = try LogTables(path)
      defer { try? tables.close() }
      var policy = try tables.retention()
      if let maxAge { policy.maximumAge = maxAge.value?.value }
      if let maxEvents { policy.maximumEvents = maxEvents.value?.value }
      if let maxBytes { policy.maximumBytes = maxBytes.value?.value }
      if let whenFull { policy.whenFull = whenFull }
      try tables.setRetention(policy)
      var dropped = 0
      if now {
        let progress = CountProgress("bus retain")
        while case let gone = try tables.trim(), gone > 0 {
          dropped += gone
          progress.update(dropped)
        }
        progress.finish()
        if compact { try tables.compact() }
      }
      try Console.output(
        "\(bus) \(policy.text)\(now ? "; \(Text.count(dropped)) events dropped now" : "")")
    }
  }
}

extension RetentionPolicy.WhenFull: ExpressibleByArgument {}
