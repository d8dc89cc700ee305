// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import EventBus
internal import Faces
internal import Frames
internal import Galleries
internal import Glibc
internal import Logs
internal import Pipeline
internal import Reports
internal import SystemPackage

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a frame set through the pipeline: frames in, sightings out on the bus.",
    discussion: """
      A run that was interrupted on the same bus, even by kill -9, is resumed where its durable events \
      end: no event is repeated, none that was durable is lost, and sightings it had left open are \
      closed as recovered.
      """)

  @Argument(help: "Folder of the frame set, made by `sightline simulate`.")
  var frameset: String

  @Option(
    help: ArgumentHelp(
      """
      Gallery to search: a folder made by `sightline gallery create`, or procedural:N, which is drawn \
      into memory and needs no file. (default: procedural:100000)
      """, valueName: "path|procedural:n"))
  var gallery: String?

  @Option(
    help: ArgumentHelp(
      "The same as --gallery procedural:N; 100000, 100k and 1m are understood.", valueName: "n"))
  var gallerySize: Magnitude?

  @Option(
    help: """
      exact: every template at full precision. int8: 516 bytes a template, then the best exactly; the \
      same lists. sketch: 16-byte codes first, then the best exactly; holds 1.3e9 in 20.8 GB. auto: what \
      fits the folder's encoding, else exact.
      """)
  var matcher: MatcherChoice = .auto

  @Option(help: ArgumentHelp("Decision threshold as a cosine, -1 to 1.", valueName: "cosine"))
  var threshold: Double?

  @Option(
    help: ArgumentHelp(
      """
      Instead of --threshold: the false positive identification rate of one non-mated search to aim \
      for; the population model gives the threshold for the gallery's size. (default: 0.003)
      """, valueName: "rate"))
  var fpir: Double?

  @Option(
    help: ArgumentHelp(
      """
      Event bus: sqlite:PATH, made if missing, or nats://HOST/STREAM, which events are forwarded to from \
      --outbox; `sightline bus forward --help` tells what a NATS location may say.
      """, valueName: "url"))
  var bus: String = "sqlite:sightline.db"

  @Option(
    help: ArgumentHelp(
      "With --bus nats: where events are kept until they are acknowledged there.",
      valueName: "url"))
  var outbox: String = "sqlite:sightline-outbox.db"

  @Option(
    help: ArgumentHelp(
      "With --bus nats: how long to wait at the end for what is not acknowledged yet.",
      valueName: "seconds"))
  var flush: Double = 30

  @Option(help: "Part of the resolution to decode: 1/1, 1/2, 1/4 or 1/8.")
  var scale: DecodeScale = .full

  @Option(help: "Look for faces in the whole frame, or only in the boxes of the frame set.")
  var locate: LocateMode = .frame

  @Option(
    help: ArgumentHelp(
      """
      Look for markers in an image smaller by this factor; their bits are read at full size. 1 takes \
      three times as long and finds smaller ones.
      """,
      valueName: "factor"))
  var decimation: Double = 2

  @Option(
    help:
      "virtual: as fast as it goes, repeatable. wall: paced by capture time, late frames dropped.")
  var clock: RunClock = .virtual

  @Option(name: [.customLong("top")], help: "Candidates an event carries.")
  var top: Int = 5

  @OptionGroup var decision: DecisionOptions

  @Option(
    help: ArgumentHelp(
      "How long somebody must have been away from a camera to be sighted there anew, or 0.",
      valueName: "t"))
  var coolDown = SecondsOrZero(DecisionSettings().coolDown)

  @Option(help: ArgumentHelp("Workers and matcher threads. (default: one a core)", valueName: "n"))
  var threads: Int?

  @OptionGroup var queue: QueueOptions

  @OptionGroup var batching: BatchOptions

  @Option(help: "Name of the installation, for the events' source.")
  var deployment: String = "local"

  @Option(
    help: ArgumentHelp(
      "Scenario file with options of this command; see `sightline config`.", valueName: "file.yaml")
  )
  var config: String?

  @OptionGroup var faults: PlayedFaults

  @OptionGroup var limits: DeclaredLimits

  @Flag(help: "Start over, even if an interrupted run of this set could be resumed.")
  var fresh = false

  @Flag(
    help: """
      When the run has finished, publish who was really there too: events of a type of their own, from \
      the frame set's truth, which the run itself never reads.
      """)
  var publishTruth = false

  @OptionGroup var observation: ObservationOptions

  @Flag(help: "Print the summary as one JSON object.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write the first 20,000 frames' ways for chrome://tracing or Perfetto.",
      valueName: "file.json"))
  var trace: String?

  @Flag(help: "Only tell what would be done, with memory and time.")
  var dryRun = false

  func validate() throws {
    guard !frameset.isEmpty else { throw ValidationError("give the folder of a frame set") }
    if let threshold, !(-1...1).contains(threshold) {
      throw ValidationError("--threshold is a cosine: give a number from -1 to 1")
    }
    if let fpir, !(fpir > 0 && fpir < 1) {
      throw ValidationError("--fpir is a rate: give a number between 0 and 1, such as 0.003")
    }
    if threshold != nil, fpir != nil {
      throw ValidationError("--threshold and --fpir both set the threshold: give one of them")
    }
    guard (1...1_000).contains(top) else {
      throw ValidationError("--top: give a number from 1 to 1000")
    }
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("--threads: give a number from 1 to 256")
    }
    guard decimation == 1 || (1.5...8).contains(decimation) else {
      throw ValidationError("--decimation: give 1, or a number from 1.5 to 8")
    }
    if gallery != nil, gallerySize != nil {
      throw ValidationError("--gallery and --gallery-size both name the gallery: give one of them")
    }
    _ = try galleryArgument()
    try Deployment.check(deployment)
    try decision.check()
    try batching.check()
    try queue.check()
    try observation.check()
    try limits.check(RunSummary.measures, of: "run")
    _ = try BusArgument.location(bus)
    _ = try BusArgument.file(outbox, "--outbox")
    guard (0...1e6).contains(flush) else {
      throw ValidationError("--flush: give seconds from 0 to 1e6")
    }
  }

  func run() async throws {
    let frameSet = try FrameSet(opening: FilePath(frameset))
    var configuration = RunConfiguration(frameSet: frameSet, gallery: try galleryArgument())
    configuration.matcher = matcher
    configuration.threshold = threshold.map { .fixed($0) } ?? .fpir(fpir ?? 0.003)
    configuration.candidates = top
    configuration.decision = decision.settings
    configuration.decision.coolDown = coolDown.duration
    configuration.scale = scale
    configuration.locate = locate
    configuration.decimation = decimation
    configuration.clock = clock
    configuration.deployment = deployment
    configuration.threads = threads ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    configuration.fresh = fresh
    configuration.publishesTruth = publishTruth
    configuration.faults = try faults.rules()
    configuration.settingsDigest = ScenarioArguments.settingsDigest
    do throws(PipelineError) {
      try configuration.faults.check(cameras: frameSet.manifest.cameras.map(\.id))
    } catch {
      throw Console.usage("--fault: \(error)")
    }
    configuration.batch = batching.limits
    configuration.intake = queue.limits(configuration.queueFrames * configuration.threads)
    if dryRun {
      try Console.output(try RunPlanReport(configuration).text)
      return
    }

    let slowest = frameSet.manifest.cameras.map(\.framesPerSecond).min() ?? 1
    let observatory = Observatory(
      observation,
      .init(
        title: "sightline run \(frameset), \(clock.rawValue) clock", isPaced: clock == .wall,
        silence: max(5, 4 / max(slowest, 0.01))))
    let signals = StopOnSignal { observatory.say(.notice, "stopping", $0) }
    let observer = RunProgress(observatory)
    defer { observer.finish() }
    try observatory.start(metrics: try observation.address())
    let (log, forward) = try await openBus(observatory, observer)
    let traced = trace.map { _ in JourneyTrace() }
    var summary: RunSummary
    do {
      var run = PipelineRun(
        configuration, bus: log, stop: signals.stop, observer: observer.observe)
      run.monitor = observatory.monitor
      run.journeys = traced?.observe
      summary = try await run.execute()
    } catch is CancellationError {
      observer.finish()
      Console.error("stopped before the first frame")
      throw ExitCode(ExitStatus.interrupted)
    }
    forward?.finish(within: .seconds(flush))
    summary.bus.forward = await forward?.value(stoppedBy: signals.stop)
    summary.limits = try limits.findings(summary.figures)
    observer.ended(summary)
    observer.finish()
    // Before a file that cannot be written: what was run is told.
    try Console.output(json ? try summary.json() : summary.text)
    let shortfall = summary.bus.forward?.shortfall(outbox: log.description)
    if let shortfall { Console.error("sightline: \(shortfall)") }
    if let trace, let traced {
      let cameras = frameSet.manifest.cameras.map(\.id)
      try TraceFile(trace).write(ChromeTrace(traced.ends, cameras: cameras))
    }
    if shortfall != nil, !signals.stop.isRaised { throw ExitCode(ExitStatus.failure) }
    if signals.stop.isRaised { throw ExitCode(ExitStatus.interrupted) }
    if !LimitTable(summary.limits).isMet { throw ExitCode(ExitStatus.limitBroken) }
  }

  /// The log to write to, and what forwards from it if another bus was named.
  private func openBus(
    _ observatory: Observatory, _ observer: RunProgress
  ) async throws -> (BusLocation, RunningForward?) {
    let bus = try BusArgument.location(bus)
    guard case .nats(let location) = bus else { return (bus, nil) }
    let path = try BusArgument.file(outbox, "--outbox")
    ForwardProgress.warn(location)
    // Made before it is read.
    try SQLiteLog(path).close()
    let outbox = try SQLiteOutbox(path, consumer: location.consumer)
    let waiting = try await outbox.count(after: outbox.offset())
    try await outbox.close()
    observatory.outbox { $0.atStart = waiting }
    let forward = try await RunningForward.start(
      from: path, to: location, observer: { observer.observe($0) })
    return (.sqlite(path), forward)
  }

  private func galleryArgument() throws -> GalleryArgument {
    do {
      return try GalleryArgument(gallery ?? "procedural:\(gallerySize?.value ?? 100_000)")
    } catch {
      throw ValidationError("--\(gallery == nil ? "gallery-size" : "gallery"): \(error.message)")
    }
  }
}

extension DecodeScale: ExpressibleByArgument {}
extension LocateMode: ExpressibleByArgument {}
extension MatcherChoice: ExpressibleByArgument {}
extension RunClock: ExpressibleByArgument {}
