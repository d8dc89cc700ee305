// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Evaluation
internal import Files
internal import Population
internal import Reports
internal import Settings
internal import SystemPackage

struct ClaimCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim",
    abstract:
      "Say what a claim such as \"1.3 billion, 3 seconds, 90 %\" means, and whether it stands.",
    discussion: """
      The claim is a YAML file, options, or a file changed by options. Its figure is read in every way \
      it can be meant, for six classes of recogniser and several kinds of photo: PASS, FAIL or NOT SHOWN, \
      with the answers it lies between. Speeds of this machine are measured in some seconds, or come \
      from --bench. Claims to start from are in Examples/claims.

      Numbers may have units: 1.3 billion, 200m, 90 %, 1/6000, 3 s.
      """)

  @Argument(help: ArgumentHelp("The claim: a YAML file.", valueName: "claim.yaml"))
  var file: String?

  @Option(help: ArgumentHelp("Templates in the gallery.", valueName: "n"))
  var gallerySize: String?

  @Option(help: ArgumentHelp("People the gallery's are some of.", valueName: "n"))
  var population: String?

  @Option(help: ArgumentHelp("Time for one answer.", valueName: "time"))
  var seconds: String?

  @Option(help: ArgumentHelp("The share that is claimed.", valueName: "share"))
  var accuracy: String?

  @Option(
    help: ArgumentHelp(
      "What it is a share of: rank-1, rank-50, tpir@0.003 ...", valueName: "reading"))
  var reading: String?

  @Option(help: ArgumentHelp("Cameras; several numbers with commas between.", valueName: "n,..."))
  var cameras: String?

  @Option(help: ArgumentHelp("Faces each camera sees in a day.", valueName: "n"))
  var facesPerCameraDay: String?

  @Option(
    help: ArgumentHelp("Share of the faces that are of people in the gallery.", valueName: "share"))
  var matedShare: String?

  @Option(
    help: ArgumentHelp(
      "Classes of recogniser: A0, A, B, C, D, E. (default: all)", valueName: "line,..."))
  var line: String?

  @Option(
    help: ArgumentHelp(
      "Photos: enrolment, kiosk, aged:YEARS, shifted:COSINE, unconstrained. (default: enrolment, kiosk, aged:12)",
      valueName: "condition,..."))
  var condition: String?

  @Option(
    help: ArgumentHelp(
      "FPIR to read the figure at. (default: 0.1,0.01,0.003,0.001)", valueName: "rate,..."))
  var fpir: String?

  @Option(
    help: ArgumentHelp(
      "Speeds: what `sightline bench match --json` printed.", valueName: "file.json"))
  var bench: String?

  @Option(
    help: ArgumentHelp(
      "Measured results in the place of predictions: the folder of a run of `sightline accuracy`.",
      valueName: "run"))
  var measured: String?

  @Flag(help: "Measure no speeds: leave out what it would take.")
  var noTrial = false

  @Option(
    help: ArgumentHelp("Write the page, or with --json the object, to a file.", valueName: "file"))
  var out: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let out, out.isEmpty { throw ValidationError("--out: give the name of a file") }
    if bench != nil, noTrial { throw ValidationError("--bench and --no-trial: give one of them") }
  }

  func run() async throws {
    let claim = try Self.usage { try self.claim() }
    let measurements = try measured.map { try ClaimMeasurement.all(in: FilePath($0)) } ?? []
    let speed = try await Self.speed(of: claim, bench: bench, trial: !noTrial)
    let verdict = try Self.usage {
      try ClaimVerdict(claim, speed: speed, measurements: measurements)
    }
    let text = json ? try verdict.json(snakeCase: true) : verdict.text
    if let out {
      try WholeFile.write(text + "\n", to: FilePath(out))
      Console.note("written to \(out)")
    } else {
      try Console.output(text)
    }
  }

  /// Speeds to reckon the claim's machines from: of a file, or measured here where the claim asks for any.
  static func speed(of claim: Claim, bench: String?, trial: Bool) async throws -> ClaimSpeed? {
    if let bench { return try ClaimSpeed(bench: FilePath(bench)) }
    guard trial, claim.gallerySize != nil, claim.observed == nil else { return nil }
    Console.note("measuring this machine")
    let machine = DoctorReport.current(libraries: [:])
    return try await CancelOnSignal().running {
      try await ClaimSpeed.trial(
        machine: ClaimSpeed.Machine(
          cpu: machine.cpu, cores: machine.cores, memoryBytes: machine.memory.totalBytes,
          load: machine.load), threads: machine.cores)
    }
  }

  /// What is wrong with a claim is wrong usage: one line, and the status of that.
  static func usage<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as SettingsError {
      Console.error("sightline: \(error)")
    } catch let error as EvaluationError where error.code == .badClaim {
      Console.error("sightline: \(error)")
    }
    throw ExitCode(ExitStatus.usage)
  }

  // MARK: - The claim

  private func claim() throws -> Claim {
    var claim = try file.map { try Claim(SettingsMap(contentsOf: FilePath($0))) } ?? Claim()
    func set<V>(
      _ text: String?, _ option: String, _ kind: Quantity, _ path: WritableKeyPath<Claim, V?>,
      _ convert: (Double) -> V?
    ) throws {
      guard let text else { return }
      claim[keyPath: path] = try Self.value(text, option, kind, convert)
    }
    try set(gallerySize, "--gallery-size", .count, \.gallerySize) { Int(exactly: $0) }
    try set(population, "--population", .count, \.population) { Int(exactly: $0) }
    try set(seconds, "--seconds", .seconds, \.seconds) { $0 }
    try set(accuracy, "--accuracy", .share, \.accuracy) { $0 }
    try set(facesPerCameraDay, "--faces-per-camera-day", .count, \.facesPerCameraDay) { $0 }
    try set(matedShare, "--mated-share", .share, \.matedShare) { $0 }
    if let cameras {
      claim.cameras = try Self.list(cameras).map {
        try Self.value($0, "--cameras", .count) { Int(exactly: $0) }
      }
    }
    if let fpir {
      claim.fpirs = try Self.list(fpir).map { try Self.value($0, "--fpir", .share) { $0 } }
    }
    if let line { claim.lines = Self.list(line).map { $0.uppercased() } }
    if let condition { claim.conditions = Self.list(condition) }
    if let reading {
      guard let known = ClaimReading(words: reading) else {
        throw SettingsError(
          .badValue,
          "--reading: '\(reading)' is no reading; give one such as rank-50 or tpir@1/1000")
      }
      claim.reading = known
    }
    try claim.check()
    return claim
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { String($0.drop { $0 == " " }) }
  }

  private static func value<V>(
    _ text: String, _ option: String, _ kind: Quantity, _ convert: (Double) -> V?
  ) throws -> V {
    guard let value = kind.value(of: text).flatMap(convert) else {
      throw SettingsError(.badValue, "\(option): '\(text)' is not \(kind.example)")
    }
    return value
  }
}
