// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Faces
internal import Files
internal import Frames
internal import Galleries
internal import Glibc
internal import Pipeline
internal import Reports
internal import SystemPackage

extension BenchCommand {
  struct Pipeline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How many cameras the whole pipeline carries, and what a frame's way takes.",
      discussion: """
        Frames of a rendered set are offered by a schedule of their own, whatever the pipeline does, and \
        pass its real stages: decode, locate, embed, match, track, event. Latency runs from the time a \
        frame was due to its events' being durable, or to its last stage if it causes none (MLPerf \
        Inference's rules, with its early stopping). The set stands for any number of cameras.

        Exit status 99 where the bound is not held, a frame is dropped, the generator is late itself, or \
        searches differ from exact search: then INVALID is printed and no figure. With --find-max the generator \
        is late where no run at the next load up could be judged for it. Status 130 when interrupted; what had \
        been tried is told all the same.
        """)

    @Argument(help: "Folder of the frame set, made by `sightline simulate`.")
    var frameset: String

    @Option(
      help: """
        cameras: feeds of one rate with random phases. server: Poisson arrivals. offline: all frames at \
        once. single: the next frame when the last is done. multi: a frame of every camera at a time.
        """)
    var scenario: PipelinePlan.Scenario = .cameras

    @Option(
      help: ArgumentHelp(
        "cameras, server: what p99 must stay under, such as p99=200ms.", valueName: "p99=t"))
    var bound: LatencyBound?

    @Flag(help: "cameras, server: find the largest load that is held.")
    var findMax = false

    @Option(help: ArgumentHelp("cameras: so many, instead of --find-max.", valueName: "n"))
    var cameras: Int?

    @Option(
      help: ArgumentHelp("server: so many frames a second, instead of --find-max.", valueName: "n"))
    var rate: Double?

    @Option(
      help: ArgumentHelp(
        "cameras: frames a second of each. (default: the frame set's)", valueName: "n"))
    var fps: Double?

    @Flag(
      help: """
        cameras, server: go on for --duration though frames are late or dropped, to see that memory stays \
        flat and every drop is told.
        """)
    var soak = false

    @OptionGroup var stages: PipelineStageOptions

    @OptionGroup var batching: BatchOptions

    @Option(help: ArgumentHelp("Least measured time of a run.", valueName: "t"))
    var duration: Seconds = Seconds(10)

    @Option(help: ArgumentHelp("Time before it that is not counted.", valueName: "t"))
    var warmup: Seconds = Seconds(1)

    @Option(help: "Seed of phases, arrivals and where feeds begin.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Searches to compare with exact search, at most.", valueName: "n"))
    var checked: Int = 256

    @Option(
      help: ArgumentHelp(
        "Scenario file with options of this command; see `sightline config`.",
        valueName: "file.yaml"))
    var config: String?

    @OptionGroup var faults: PlayedFaults

    @OptionGroup var limits: DeclaredLimits

    @OptionGroup var observation: ObservationOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file as well.", valueName: "file.json"))
    var out: String?

    @Option(
      help: ArgumentHelp(
        "Write frames' ways for chrome://tracing or Perfetto.", valueName: "file.json"))
    var trace: String?

    @Flag(help: "Only tell what would be done, with memory and time.")
    var dryRun = false

    func validate() throws {
      try stages.check()
      try batching.check()
      try observation.check()
      let isOpen = scenario.isOpenLoop
      guard isOpen == (bound != nil) else {
        throw ValidationError(
          isOpen
            ? "--scenario \(scenario.rawValue) needs --bound, such as p99=200ms"
            : "--bound is for the scenarios cameras and server")
      }
      guard cameras == nil || scenario == .cameras else {
        throw ValidationError("--cameras is for --scenario cameras")
      }
      guard rate == nil || scenario == .server else {
        throw ValidationError("--rate is for --scenario server")
      }
      let hasLoad = cameras != nil || rate != nil
      if findMax, !isOpen || hasLoad {
        throw ValidationError(
          hasLoad
            ? "--find-max and a load given: give one of them"
            : "--find-max is for the scenarios cameras and server")
      }
      if isOpen, !hasLoad, !findMax {
        throw ValidationError(
          "give --find-max, or \(scenario == .cameras ? "--cameras" : "--rate") for one load")
      }
      if soak, !hasLoad {
        throw ValidationError("--soak is for one load: give --cameras or --rate")
      }
      guard cameras.map({ (1...100_000).contains($0) }) ?? true else {
        throw ValidationError("--cameras: give a number from 1 to 100000")
      }
      guard rate.map({ $0 >= 0.1 && $0 <= 1e6 }) ?? true else {
        throw ValidationError("--rate: give frames a second, from 0.1 to 1000000")
      }
      guard fps.map({ $0 >= 0.01 && $0 <= 1000 }) ?? true else {
        throw ValidationError("--fps: give frames a second, from 0.01 to 1000")
      }
      guard (0...10_000).contains(checked) else {
        throw ValidationError("--checked: give a number from 0 to 10000")
      }
      try limits.check(
        PipelineReport.measures(scenario, checked: checked),
        of: "bench pipeline --scenario \(scenario.rawValue)" + (checked == 0 ? " --checked 0" : ""))
      if let bound, duration.value < MatchPlan.boundsPerRun * bound.seconds {
        throw ValidationError(
          "--duration: a run must be \(Int(MatchPlan.boundsPerRun)) times as long as --bound; give "
            + "\(Int((MatchPlan.boundsPerRun * bound.seconds).rounded(.up)))s or more")
      }
    }

    func run() async throws {
      var configuration = try stages.configuration(FrameSet(opening: FilePath(frameset)))
      let played = try faults.rules()
      // A set stands for any number of cameras here, and feeds are told by the load.
      configuration.faults = played.filter { !$0.kind.isOfCameras }
      if configuration.faults.count < played.count {
        Console.note(
          "bench: of the faults those of matcher and disk are played; `run` plays cameras'")
      }
      var plan = PipelinePlan(configuration, scenario: scenario)
      plan.configuration.batch = batching.limits
      plan.bound = bound?.seconds
      plan.load = cameras.map(Double.init) ?? rate
      plan.framesPerSecond = fps
      plan.seconds = duration.value
      plan.warmup = warmup.value
      plan.seed = seed
      plan.usesBus = stages.bus == .sqlite
      plan.checked = checked
      plan.keepsGoing = soak
      plan.traced = trace == nil ? 0 : JourneyTrace.most
      if dryRun {
        try Console.output(PipelinePlanReport(plan).text)
        return
      }
      let observatory = Observatory(
        observation,
        .init(
          title: "sightline bench pipeline \(frameset)", isPaced: scenario == .cameras,
          silence: max(5, 4 / plan.feedRate), isBench: true))
      let progress = LoadProgress(observatory)
      try observatory.start(metrics: try observation.address())
      let result = try await CancelOnSignal().running { [plan] in
        defer { progress.finish() }
        var bench = PipelineBench(plan, observer: progress.observe)
        bench.monitor = observatory.monitor
        let result = try await bench.run()
        if result.interrupted {
          progress.finish()
          progress.tellInterrupted()
        }
        return result
      }
      var report = PipelineReport(
        result, machine: .current(libraries: LibraryVersions.all), command: CommandLine.arguments)
      report.settingsDigest = ScenarioArguments.settingsDigest
      report.limits = try limits.findings(report.figures)
      // Before files that cannot be written, for which nothing measured should be lost.
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if let out {
        try WholeFile.write(try report.json(snakeCase: true) + "\n", to: FilePath(out))
      }
      if let trace {
        try TraceFile(trace).write(ChromeTrace(result.traced, start: result.traceStart))
      }
      if report.interrupted { throw ExitCode(ExitStatus.interrupted) }
      if !report.valid || !LimitTable(report.limits).isMet {
        throw ExitCode(ExitStatus.limitBroken)
      }
    }
  }
}

extension PipelinePlan.Scenario: ExpressibleByArgument {}
