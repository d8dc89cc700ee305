// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Benchmarking
internal import Files
internal import Galleries
internal import Pipeline
internal import Population
internal import Reports
internal import SystemPackage

extension BenchCommand {
  struct Match: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Speed of matchers against the machine's limits, with what they miss beside it.",
      discussion: """
        Every matcher is first judged against exact search on the same probes; then matchers, a stream \
        of reads and OpenBLAS's sgemm are measured in turn, and medians are told. `server` finds the \
        largest Poisson rate whose p99, from the time a query is due, stays under --bound (MLPerf \
        Inference's rules, with its early stopping).

        Exit status 99 where a bound is not held or an exact matcher misses a candidate: then INVALID \
        is printed and no figure. An interrupt ends with the rows that are done.
        """)

    @Option(
      help: ArgumentHelp(
        "Gallery to search: a folder, of vectors from elsewhere too, or procedural:N.",
        valueName: "path|procedural:n"))
    var gallery: String = "procedural:100k"

    @Option(help: ArgumentHelp("Matchers, of \(names); commas between.", valueName: "names"))
    var matcher: String = "exact,int8,sketch"

    @Option(
      help: ArgumentHelp(
        """
        Probes of a search, several with commas. (default: 1 for single, 1,8,64,256 for offline; 64 for \
        server, where it is the most that share a search)
        """, valueName: "n"))
    var batch: CommaSeparated<Int>?

    @Option(
      help: ArgumentHelp("Threads of a search, several with commas. (default: 1)", valueName: "n"))
    var threads: CommaSeparated<Int>?

    @Option(name: [.customLong("k")], help: "Candidates of a probe.")
    var candidates: Int = 10

    @Option(
      help: """
        single: the next search when the last has ended. offline: all probes at once, in batches. server: \
        Poisson arrivals.
        """)
    var scenario: MatchPlan.Scenario = .offline

    @Option(
      help: ArgumentHelp("server: what p99 must stay under, such as p99=50ms.", valueName: "p99=t"))
    var bound: LatencyBound?

    @Option(help: "single, offline: rounds, each measuring everything in turn.")
    var rounds: Int?

    @Option(
      help: ArgumentHelp(
        """
        Least measured time: of a row for single and offline (default: 3s), of a run for server \
        (default: 10s).
        """, valueName: "t"))
    var duration: Seconds?

    @Option(help: "Seed of a procedural population, of probes and of arrivals.")
    var seed: UInt64 = 1

    @Option(help: "Quality line of mated probes: A0, A, B, C, D or E.")
    var line: QualityLine = .default

    @Option(
      help: ArgumentHelp(
        "Mated probes to judge by, and as many non-mated ones.", valueName: "n"))
    var judged: Magnitude = Magnitude(1000)

    @Option(
      help: ArgumentHelp(
        "False alarms count from the threshold of this FPIR on.", valueName: "rate"))
    var fpir: Double = 0.01

    @Option(
      help: ArgumentHelp(
        "Probes from a file instead; mates are unknown then.", valueName: "file.fbin"))
    var probes: String?

    @Option(help: ArgumentHelp("sketch: codes to score again exactly.", valueName: "n"))
    var list: Magnitude?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Write the JSON object to a file as well.", valueName: "file.json"))
    var out: String?

    @Flag(help: "Only tell what would be done, with memory and time.")
    var dryRun = false

    private static let names = MatcherKind.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws { _ = try plan() }

    func run() async throws {
      let plan = try plan()
      let gallery = try BenchGallery(plan.gallery, seed: seed)
      if dryRun {
        try Console.output(PlanReport(plan, gallery: gallery).text)
        return
      }
      let progress = BenchProgress()
      let result = try await GalleryCommand.interruptible {
        defer { progress.finish() }
        return try await MatchBench(plan, gallery: gallery, observer: progress.observe).run()
      }
      let report = MatchReport(
        result, machine: .current(libraries: LibraryVersions.all), command: CommandLine.arguments)
      if let out {
        try WholeFile.write(try report.json(snakeCase: true) + "\n", to: FilePath(out))
      }
      try Console.output(json ? try report.json(snakeCase: true) : report.text)
      if report.interrupted { throw ExitCode(ExitStatus.interrupted) }
      if !report.valid { throw ExitCode(ExitStatus.limitBroken) }
    }

    /// What was asked for, or which options contradict each other.
    private func plan() throws -> MatchPlan {
      let argument: GalleryArgument
      do {
        argument = try GalleryArgument(gallery)
      } catch {
        throw ValidationError("--gallery: \(error.message)")
      }
      guard let matchers = CommaSeparated(matcher, { MatcherKind(rawValue: $0) })?.values else {
        throw ValidationError("--matcher: give one or more of \(Self.names), each once")
      }
      let server = scenario == .server
      let batches = batch?.values ?? (server ? [64] : scenario == .single ? [1] : [1, 8, 64, 256])
      let threads = threads?.values ?? [1]
      guard batches.allSatisfy({ (1...4096).contains($0) }) else {
        throw ValidationError("--batch: give numbers from 1 to 4096")
      }
      guard threads.allSatisfy({ (1...256).contains($0) }) else {
        throw ValidationError("--threads: give numbers from 1 to 256")
      }
      guard (1...1_000).contains(candidates) else {
        throw ValidationError("--k: give a number from 1 to 1000")
      }
      guard fpir > 0, fpir < 1 else {
        throw ValidationError("--fpir is a rate: give a number between 0 and 1, such as 0.01")
      }
      guard (1...1_000_000).contains(judged.value) else {
        throw ValidationError("--judged: give a number from 1 to 1m")
      }
      guard rounds.map({ (1...1_000).contains($0) }) ?? true else {
        throw ValidationError("--rounds: give a number from 1 to 1000")
      }
      guard list.map({ $0.value >= 1 }) ?? true else {
        throw ValidationError("--list: give a number of codes, 1 or more")
      }
      if list != nil, !matchers.contains(.sketch) {
        throw ValidationError("--list is for sketch, which --matcher leaves out")
      }
      switch (server, bound) {
      case (true, nil): throw ValidationError("--scenario server needs --bound, such as p99=50ms")
      case (false, .some): throw ValidationError("--bound is for --scenario server")
      default: break
      }
      if server, batches.count > 1 {
        throw ValidationError("--batch: server takes one, the most probes that share a search")
      }
      let seconds = duration?.value ?? (server ? 10 : 3)
      if let bound, seconds < MatchPlan.boundsPerRun * bound.seconds {
        throw ValidationError(
          "--duration: a run must be \(Int(MatchPlan.boundsPerRun)) times as long as --bound; give "
            + "\(Int((MatchPlan.boundsPerRun * bound.seconds).rounded(.up)))s or more")
      }
      if server, rounds != nil {
        throw ValidationError("--rounds is for single and offline; a server run has --duration")
      }
      var plan = MatchPlan(
        gallery: argument, matchers: matchers, batches: batches, threads: threads,
        scenario: scenario, seconds: seconds)
      plan.candidates = candidates
      plan.bound = bound?.seconds
      plan.rounds = rounds ?? 7
      plan.seed = seed
      plan.line = line
      plan.judged = judged.value
      plan.fpir = fpir
      plan.probes = probes.map { FilePath($0) }
      plan.listLength = list?.value
      return plan
    }
  }
}

/// `p99=50ms`.
struct LatencyBound: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    guard argument.hasPrefix("p99="), let time = Seconds(argument: String(argument.dropFirst(4)))
    else { return nil }
    seconds = time.value
  }
}

extension MatchPlan.Scenario: ExpressibleByArgument {}
