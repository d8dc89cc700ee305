// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Frames
internal import Population
internal import Reports
internal import Sensors
internal import SystemPackage

struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Render a frame set: simulated cameras, people who carry markers, faults.",
    discussion: """
      The same options give the same bytes. Options that take one value a camera repeat a shorter \
      list: --blur 0,1.2 blurs every second camera. Faults are a number of frames (3) or a share of \
      all captures (2%).
      """)

  @Option(help: ArgumentHelp("Folder to make; must be new or empty.", valueName: "dir"))
  var out: String

  @Option(help: "Number of cameras.")
  var cameras: Int = 4

  @Option(help: "Length of the feeds in seconds.")
  var seconds: Double = 5

  @Option(help: "Frames per second of each camera.")
  var fps: Double = 5

  @Option(help: ArgumentHelp("Frame size in pixels.", valueName: "width x height"))
  var size: String = "1280x720"

  @Option(help: "Seed of everything but the population.")
  var seed: UInt64 = 1

  @Option(help: "Seed of the population that identities and probes come from.")
  var populationSeed: UInt64 = 1

  @Option(help: "Quality line the captures are drawn from: A0, A, B, C, D or E.")
  var line: QualityLine = .default

  @Option(help: "Passes before each camera. (default: what the time allows)")
  var people: Int?

  @Option(help: "Most people in view of a camera at a time.")
  var crowd: Int = 2

  @Option(help: "Share of passes by enrolled people; the others are strangers.")
  var mated: Double = 0.75

  @Option(help: "Size of the gallery they are enrolled in.")
  var enrolled: Magnitude = Magnitude(100_000)

  @Option(help: ArgumentHelp("Lens blur, standard deviation in pixels.", valueName: "px,..."))
  var blur: String = "0"

  @Option(help: ArgumentHelp("Exposure: 1 is right, 0.3 dark.", valueName: "gain,..."))
  var exposure: String = "1"

  @Option(help: ArgumentHelp("Sensor noise, gray levels.", valueName: "levels,..."))
  var noise: String = "1"

  @Option(help: ArgumentHelp("JPEG quality, 1 to 100.", valueName: "quality,..."))
  var quality: String = "85"

  @Option(
    help: ArgumentHelp(
      "How far people walk: near, mixed or far, or by the marker's side at 720 lines: 24px, 20-28px.",
      valueName: "distance,..."))
  var distance: String = "mixed"

  @Option(help: "Frames the cameras lose: gaps in the sequence.")
  var dropped: String = "0"

  @Option(help: "Frames that are cut short.")
  var truncated: String = "0"

  @Option(help: "Frames that hold no JPEG.")
  var garbage: String = "0"

  @Option(
    help: ArgumentHelp(
      "Scenario file with options of this command; see `sightline config`.", valueName: "file.yaml")
  )
  var config: String?

  @Flag(help: "Let two people cross before the first camera.")
  var crossing = false

  @Flag(help: "Let people pass a camera more than once.")
  var revisits = false

  @Flag(help: "Only tell what would be done, with space and time.")
  var dryRun = false

  func validate() throws {
    guard !out.isEmpty else { throw ValidationError("--out: give the name of a folder") }
    do {
      try options().validate()
    } catch let error as SimulationError {
      throw ValidationError("\(error)")
    }
  }

  func run() async throws {
    let options = try options()
    if dryRun {
      try Console.output(Self.plan(options, to: out))
      return
    }
    let progress = Progress("simulate", unit: "frames")
    let probes = PopulationProbes(Population(seed: populationSeed), line: line)
    let stop = CancelOnSignal()
    let manifest = try await stop.running {
      try await Simulator.run(options, probes: probes, to: FilePath(out)) {
        progress.update($0.done, of: $0.total)
      }
    }
    progress.finish()
    Console.note(
      "\(manifest.frames.count) frames of \(manifest.cameras.count) cameras, "
        + "\(manifest.appearances.count) appearances, in \(out)")
  }

  /// Memory by what sets of 2,400 to 96,000 frames took: their list is written when all are rendered.
  /// Space by what SampleFrames and frames of a megapixel take, time by what a core renders: both to a
  /// factor of two or so.
  private static func plan(_ options: SimulationOptions, to folder: String) -> String {
    let pixels = Double(options.size.width * options.size.height)
    let frames = options.totalFrames
    let seconds = Double(frames) * (0.004 + pixels * 4e-8)
    return """
      Would render a frame set in \(folder)
        frames    \(Text.count(frames)) of \(options.cameras) cameras, \(options.size)
        memory    about \(Text.bytes(Int(pixels * 12))) a core, and \(Text.bytes(frames * 3_100)) for the list \
      of them
        disk      about \(Text.bytes(Int(Double(frames) * pixels * 0.15)))
        time      about \(Int(seconds.rounded(.up))) s of one core, to a factor of two
      """
  }

  private func options() throws -> SimulationOptions {
    var options = SimulationOptions()
    options.cameras = cameras
    options.seconds = seconds
    options.framesPerSecond = fps
    options.size = try FrameSize(size)
    options.seed = seed
    options.people = people
    options.crowd = crowd
    options.mated = mated
    options.enrolled = UInt64(enrolled.value)
    options.blur = try SimulationOptions.list(blur, option: "--blur") { Double($0) }
    options.exposure = try SimulationOptions.list(exposure, option: "--exposure") { Double($0) }
    options.noise = try SimulationOptions.list(noise, option: "--noise") { Double($0) }
    options.quality = try SimulationOptions.list(quality, option: "--quality") { Int($0) }
    options.distance = try SimulationOptions.list(distance, option: "--distance") {
      WalkingDistance(rawValue: $0)
    }
    options.dropped = try FaultCount(dropped, option: "--dropped")
    options.truncated = try FaultCount(truncated, option: "--truncated")
    options.garbage = try FaultCount(garbage, option: "--garbage")
    options.crossing = crossing
    options.revisits = revisits
    return options
  }
}

extension QualityLine: ExpressibleByArgument {
  package init?(argument: String) {
    guard let line = QualityLine.named(argument) else { return nil }
    self = line
  }

  package var defaultValueDescription: String { name }
}
