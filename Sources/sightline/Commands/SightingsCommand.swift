// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Glibc
internal import Pipeline
internal import Population
internal import Reports
internal import Sightings
internal import Traffic

struct SightingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sightings",
    abstract: "Sightings without a pipeline: streams for other modules to be fed with.",
    subcommands: [Generate.self])

  struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a realistic stream of sighting events, without frames.",
      discussion: """
        People walk through a city of cameras; what the cameras would tell of them comes out as the \
        pipeline's own events: opened, updated and closed, with right names, misses, and wrong names as \
        often as the population model expects at this gallery size and threshold. Nobody is real, and \
        every event says so. The same options give the same bytes, whatever the threads.

        The rate is the mean over the whole span; the rhythm shapes it within. So some rate x hours x \
        3600 events come. On the wall clock the stream begins now and is paced; what falls behind is \
        told, and nothing is left out.
        """)

    @Option(
      help: ArgumentHelp("Events, as 2000/s or 5m/h: the mean over the span.", valueName: "rate"))
    var rate: EventRate = EventRate(perSecond: 2000)

    @Option(help: ArgumentHelp("Cameras in the city.", valueName: "n"))
    var cameras: Magnitude = Magnitude(5000)

    @Option(help: ArgumentHelp("People who are about, such as 1m.", valueName: "n"))
    var people: Magnitude = Magnitude(1_000_000)

    @Option(help: ArgumentHelp("Length of the stream.", valueName: "hours"))
    var hours: Double = 24

    @Option(
      help: ArgumentHelp(
        "When it begins, in UTC; the virtual clock's only. (default: 2024-01-01T00:00:00Z)",
        valueName: "time"))
    var start: String?

    @Option(help: "city: rush hours and a quiet night. flat: the same at all times.")
    var rhythm: DailyRhythm = .city

    @Option(help: "virtual: as fast as it goes, repeatable. wall: paced, from now on.")
    var clock: RunClock = .virtual

    @Option(help: "Seed of everything but the population.")
    var seed: UInt64 = 1

    @Option(help: "Seed of the population.")
    var populationSeed: UInt64 = 1

    @Option(
      help: ArgumentHelp("Templates in the gallery. (default: as many as people)", valueName: "n"))
    var gallerySize: Magnitude?

    @Option(
      help: ArgumentHelp(
        "Share of the people who are enrolled. (default: 0.75, or what the gallery holds)",
        valueName: "share"))
    var mated: Double?

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Decision threshold as a cosine, -1 to 1.", valueName: "cosine"))
    var threshold: Double?

    @Option(
      help: ArgumentHelp(
        "Instead of --threshold: the false positive identification rate of one search. (default: 0.003)",
        valueName: "rate"))
    var fpir: Double?

    @Option(
      help: ArgumentHelp(
        "Quality lines: A0, A, B, C, D or E; one, or a list that repeats over the cameras.",
        valueName: "line,..."))
    var line: String = "C"

    @Option(
      help: ArgumentHelp(
        "Captures: enrolment, kiosk, aged:YEARS, shifted:COSINE or unconstrained; likewise.",
        valueName: "condition,..."))
    var condition: String = "enrolment"

    @Option(help: "Candidates an event carries.")
    var top: Int = 5

    @Option(help: "Name of the installation, for the events' source.")
    var deployment: String = "local"

    @Option(
      help: ArgumentHelp(
        "Write events as JSON lines to a file, or to standard output: -. (default: - without --bus)",
        valueName: "file|-"))
    var out: String?

    @Option(
      help: ArgumentHelp(
        """
        Append events to a bus instead: sqlite:PATH; nats://HOST/STREAM, by --outbox; or null, which \
        counts them and keeps none.
        """, valueName: "url"))
    var bus: String?

    @Option(
      help: ArgumentHelp(
        "With --bus nats: where events are kept until they are acknowledged there.",
        valueName: "url"))
    var outbox: String = "sqlite:sightline-outbox.db"

    @Option(
      help: ArgumentHelp(
        "With --bus nats: how long to wait at the end for what is not acknowledged yet.",
        valueName: "seconds"))
    var flush: Double = 300

    @Option(
      help: ArgumentHelp(
        "Write who was really there to a file of its own, as JSON lines.", valueName: "file"))
    var truth: String?

    @Option(help: ArgumentHelp("Workers. (default: one a core)", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print the summary as one JSON object.")
    var json = false

    func validate() throws {
      if out != nil, bus != nil { throw ValidationError("--out and --bus: give one of them") }
      if json, bus == nil, out ?? "-" == "-" {
        throw ValidationError("--json: the events go to standard output; give --bus, or --out FILE")
      }
      if start != nil, clock == .wall {
        throw ValidationError("--start: on the wall clock a stream begins now; leave it out")
      }
      if threshold != nil, fpir != nil {
        throw ValidationError("--threshold and --fpir both set the threshold: give one of them")
      }
      guard threads.map({ (1...256).contains($0) }) ?? true else {
        throw ValidationError("--threads: give a number from 1 to 256")
      }
      if let truth, truth == out {
        throw ValidationError("--truth and --out name the same file: give two")
      }
      if truth == "-" || truth == "" || out == "" {
        throw ValidationError("--truth and --out: give the name of a file")
      }
      try Deployment.check(deployment)
      if let bus, bus != "null" { _ = try BusArgument.location(bus) }
      _ = try BusArgument.file(outbox, "--outbox")
      guard (0...1e6).contains(flush) else {
        throw ValidationError("--flush: give seconds from 0 to 1e6")
      }
      do {
        try options().validate()
      } catch let error as TrafficError {
        throw ValidationError("\(error)")
      }
    }

    func run() async throws {
      let options = try options()
      let workers = threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      let signals = StopOnSignal(
        note: clock == .wall
          ? "stopping: closing open sightings (again to quit)"
          : "stopping after what is under way; the same command goes on from there (again to quit)")
      let progress = Progress("sightings", unit: "events")
      defer { progress.finish() }
      try plan(options, workers)
      let truthFile = try truth.map { try LineOutput($0) }
      let target = try await TrafficTarget.open(
        bus: bus, out: out ?? "-", outbox: outbox, flush: .seconds(flush), options: options)
      var summary: TrafficSummary
      do {
        let model = try TrafficModel(
          options, runID: target.runID, software: SoftwareVersion.current)
        var run = TrafficRun(
          try TrafficStream(
            model, threads: workers, lastSequence: target.lastSequence,
            keepsScripts: truthFile != nil),
          sink: target.sink, now: WallClock.now)
        run.threads = workers
        run.output = target.name
        run.alreadyThere = target.alreadyThere
        run.lastThere = target.lastThere
        run.isStopped = { [stop = signals.stop] in stop.isRaised }
        run.observer = { observation in
          switch observation {
          case .told(let events, let expected): progress.update(events, of: expected)
          case .behind(let seconds):
            Console.note("behind the clock by \(Text.fixed(seconds, 1)) s; nothing is left out")
          }
        }
        if let truthFile {
          run.truth = { scripts in
            try truthFile.write(scripts.map { try EventJSON.encode(VisitTruth($0, model)) })
          }
        }
        summary = try await run.execute()
        let isPart = summary.state == "stopped"
        if let part = try truthFile?.publish(whole: !isPart) {
          Console.note("the truth of that part is in \(part)")
        }
        progress.finish()
        summary.forward = try await target.finish(stopped: isPart, signals.stop)
      } catch {
        truthFile?.abandon()
        await target.abandon()
        if let error = error as? TrafficError, error.code == .badOption {
          throw Console.usage("\(error)")
        }
        throw error
      }
      progress.finish()
      if bus == nil, out ?? "-" == "-" {
        Console.note(summary.text)
      } else {
        try Console.output(json ? try summary.json(snakeCase: true) : summary.text)
      }
      if let shortfall = summary.forward?.shortfall(outbox: target.outbox) {
        Console.error("sightline: \(shortfall)")
        throw ExitCode(ExitStatus.failure)
      }
      if summary.state == "stopped" { throw ExitCode(ExitStatus.interrupted) }
    }

    /// Refuses what cannot be made before anything is opened, and tells of a stream that takes much room.
    private func plan(_ options: TrafficOptions, _ workers: Int) throws {
      let stream: TrafficStream
      do {
        stream = try TrafficStream(
          try TrafficModel(options, runID: options.runID, software: SoftwareVersion.current),
          threads: workers)
      } catch let error as TrafficError where error.code == .badOption {
        throw Console.usage("\(error)")
      }
      // 4,150 bytes an event were measured on a log: some 2.4 kB of JSON, about one to a page.
      let bytes = stream.expectedEvents(until: options.span) * (bus == nil ? 2_400 : 4_150)
      guard bus != "null", options.clock == .virtual, bytes > 2e9 else { return }
      let events = Text.amount(stream.expectedEvents(until: options.span))
      Console.note(
        "about \(events) events, \(Text.bytes(Int(bytes))) in all; --hours makes it less")
    }

    private func options() throws -> TrafficOptions {
      var options = TrafficOptions()
      options.rate = rate.perSecond
      options.cameras = cameras.value
      options.people = people.value
      options.hours = hours
      options.rhythm = rhythm
      options.clock = clock == .wall ? .wall : .virtual
      options.seed = seed
      options.populationSeed = populationSeed
      options.gallerySize = gallerySize?.value
      options.mated = mated
      options.threshold = threshold.map { .fixed($0) } ?? .fpir(fpir ?? 0.003)
      options.candidates = top
      options.deployment = deployment
      if let start {
        guard let time = Timestamp(start) else {
          throw ValidationError("--start: write a time in UTC, such as 2024-01-01T06:00:00Z")
        }
        options.start = time
      } else if clock == .wall {
        // Time to plan, and to draw the walks that are under way when the stream begins.
        options.start = WallClock.now().advanced(by: .seconds(2 + rate.perSecond / 5_000))
      }
      options.lines = try Self.list(line, "--line") { QualityLine(argument: $0) }
      options.conditions = try Self.list(condition, "--condition") { CaptureCondition($0) }
      return options
    }

    private static func list<Value>(
      _ text: String, _ option: String, _ read: (String) -> Value?
    ) throws -> [Value] {
      try text.split(separator: ",", omittingEmptySubsequences: false).map {
        guard let value = read(String($0)) else {
          throw ValidationError("\(option): '\($0)' is not known; see --help")
        }
        return value
      }
    }
  }
}
