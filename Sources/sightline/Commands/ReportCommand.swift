// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Files
internal import Population
internal import Reports
internal import Settings
internal import Sweeps
internal import SystemPackage

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make one page of results for people who do not read tables.",
    discussion: """
      The page needs no network and nothing beside it. It begins with the verdict and what it means for \
      people; sliders move the threshold and the size of the gallery; every chart has its table, and the \
      results can be taken from it. A view can be shared by its address: \
      report.html#threshold=0.55&n=1e6.
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders or result.json files of `sightline accuracy` and `sightline sweep`.",
      valueName: "run"))
  var runs: [String] = []

  @Option(
    help: ArgumentHelp(
      "A claim to examine: a YAML file, or what `sightline claim --json` gave.",
      valueName: "claim.yaml|verdict.json"))
  var claim: String?

  @Option(
    help: ArgumentHelp(
      "Speeds for a claim in YAML, instead of measuring them: what `sightline bench match --json` printed.",
      valueName: "file.json"))
  var bench: String?

  @Flag(help: "Measure no speeds: leave out what a claim in YAML would take.")
  var noTrial = false

  @Option(help: ArgumentHelp("The page to write.", valueName: "file.html"))
  var out: String

  func validate() throws {
    if runs.isEmpty, claim == nil {
      throw ValidationError("give the folder of a run, or --claim")
    }
    if bench != nil || noTrial, claim.map({ FilePath($0).extension == "json" }) ?? true {
      throw ValidationError(
        "--bench and --no-trial: are for a claim in YAML; give one with --claim")
    }
    if bench != nil, noTrial { throw ValidationError("--bench and --no-trial: give one of them") }
    if out.isEmpty { throw ValidationError("--out: give the name of a file") }
  }

  func run() async throws {
    let paths = runs.map(FilePath.init(_:))
    let sweeps = try paths.filter(FrameSweepResult.isSweep).map { try FrameSweepResult.read($0) }
    let searches = paths.filter { !FrameSweepResult.isSweep($0) }
    let results = try searches.map { try AccuracyResult.read($0) }
    let page = try ReportPage(
      results, sweeps: sweeps, verdict: try await verdict(results, in: searches))
    try WholeFile.write(try page.html(), to: FilePath(out))
    Console.note("written to \(out)")
  }

  private func verdict(
    _ results: [AccuracyResult], in searches: [FilePath]
  ) async throws -> ClaimVerdict? {
    guard let file = claim.map(FilePath.init(_:)) else { return nil }
    if file.extension == "json" { return try ClaimVerdict.read(file) }
    let claim = try ClaimCommand.usage {
      let claim = try Claim(SettingsMap(contentsOf: file))
      try claim.check()
      return claim
    }
    let measurements = try searches.flatMap { try ClaimMeasurement.all(in: $0) }
    let speed = try await ClaimCommand.speed(of: claim, bench: bench, trial: !noTrial)?
      .measured(by: results, gallerySize: claim.gallerySize ?? .max)
    return try ClaimVerdict(claim, speed: speed, measurements: measurements)
  }
}
