// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Faces
internal import Frames
internal import Galleries
internal import Pipeline
internal import Population
internal import Sensors
internal import Sweeps
internal import SystemPackage

/// What a sweep varies, and what it holds fixed.
struct SweepOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Frame sets to sweep, made by `sightline simulate`. (default: sets rendered for the sweep)",
      valueName: "frameset"))
  var framesets: [String] = []

  @Option(help: ArgumentHelp("Parts of the resolution to decode.", valueName: "scale,..."))
  var scale = Listed<DecodeScale>([.full, .half, .quarter])

  @Option(
    help: ArgumentHelp(
      "Factors by which the image that markers are looked for in is smaller.",
      valueName: "factor,..."))
  var decimation = Listed([2.0])

  @Option(
    help: ArgumentHelp(
      "Look in the whole frame, in its boxes only, or both in turn.", valueName: "mode,..."))
  var locate = Listed<LocateMode>([.frame])

  @Option(
    help: ArgumentHelp("JPEG qualities to render with. (default: 85,40)", valueName: "quality,..."))
  var quality: Listed<Int>?

  @Option(
    help: ArgumentHelp(
      "Sides of the marker at 720 lines, that is distances, to render with. (default: 18,30,48)",
      valueName: "px,..."))
  var marker: Listed<Double>?

  @Option(help: "Cameras of a rendered set. (default: 4)")
  var cameras: Int?

  @Option(help: "Length of a rendered set's feeds in seconds. (default: 20)")
  var seconds: Double?

  @Option(help: "Frames per second of a rendered set's cameras. (default: 5)")
  var fps: Double?

  @Option(
    help: ArgumentHelp(
      "Frame size of rendered sets. (default: 1280x720)", valueName: "width x height"))
  var size: String?

  @Option(help: "Most people in view of a camera at a time. (default: 3)")
  var crowd: Int?

  @Option(help: "Share of passes by enrolled people. (default: 0.75)")
  var mated: Double?

  @Option(help: "Quality line of the captures: A0, A, B, C, D or E. (default: B)")
  var line: QualityLine?

  @Option(help: "Seed of rendered sets: scenes, people, captures. (default: 1)")
  var seed: UInt64?

  @Option(help: "Seed of the population. (default: 1)")
  var populationSeed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Gallery to search: a folder, or procedural:N.", valueName: "path|procedural:n"))
  var gallery: String = "procedural:100000"

  @Option(help: "exact, int8, sketch, or auto: what fits the gallery.")
  var matcher: MatcherChoice = .auto

  @Option(help: ArgumentHelp("Decision threshold as a cosine, -1 to 1.", valueName: "cosine"))
  var threshold: Double?

  @Option(
    help: ArgumentHelp(
      "Instead of --threshold: the FPIR of one non-mated search to aim for. (default: 0.003)",
      valueName: "rate"))
  var fpir: Fraction?

  @Option(help: "Runs a point; its costs are those of the median one.")
  var rounds: Int = 1

  func validate() throws {
    if let threshold, !(-1...1).contains(threshold) {
      throw ValidationError("--threshold is a cosine: give a number from -1 to 1")
    }
    if threshold != nil, fpir != nil {
      throw ValidationError("--threshold and --fpir both set the threshold: give one of them")
    }
    for factor in decimation.values where factor != 1 && !(1.5...8).contains(factor) {
      throw ValidationError("--decimation: give 1, or numbers from 1.5 to 8")
    }
    guard (1...100).contains(rounds) else {
      throw ValidationError("--rounds: give a number from 1 to 100")
    }
    for px in marker?.values ?? [] where !WalkingDistance.sides.contains(px) {
      throw ValidationError(
        "--marker: give sides from \(Int(WalkingDistance.sides.lowerBound)) to "
          + "\(Int(WalkingDistance.sides.upperBound)) px, for which the rooms have place")
    }
    let rendered: [(String, Bool)] = [
      ("--quality", quality != nil), ("--marker", marker != nil), ("--cameras", cameras != nil),
      ("--seconds", seconds != nil), ("--fps", fps != nil), ("--size", size != nil),
      ("--crowd", crowd != nil), ("--mated", mated != nil), ("--line", line != nil),
      ("--seed", seed != nil), ("--population-seed", populationSeed != nil),
    ]
    if !framesets.isEmpty, let odd = rendered.first(where: \.1) {
      throw ValidationError(
        "\(odd.0) is for sets rendered by the sweep; leave it out, or leave the frame sets out")
    }
    do {
      _ = try GalleryArgument(gallery)
    } catch {
      throw ValidationError("--gallery: \(error.message)")
    }
    do {
      let template = try template()
      for quality in quality?.values ?? [] {
        var one = template
        one.quality = [quality]
        try one.validate()
      }
      try template.validate()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// What all rendered sets have in common.
  func template() throws(SimulationError) -> SimulationOptions {
    var options = SimulationOptions()
    options.cameras = cameras ?? 4
    options.seconds = seconds ?? 20
    options.framesPerSecond = fps ?? 5
    if let size { options.size = try FrameSize(size) }
    options.crowd = crowd ?? 3
    options.mated = mated ?? 0.75
    options.seed = seed ?? 1
    return options
  }

  /// The run that these options ask for.
  ///
  /// - Throws: an exit code, with the reason told, where they contradict each other or the frame sets.
  func run(threads: Int, keepFrames: Bool) throws -> FrameSweepRun {
    let argument = try GalleryArgument(gallery)
    let sets = try framesets.map { try FrameSet(opening: FilePath($0)) }
    let seeds = Set(sets.map(\.manifest.population.seed))
    guard seeds.count <= 1 else {
      throw Console.usage("the frame sets are of several populations; sweep them one by one")
    }
    let population = Population(seed: seeds.first ?? populationSeed ?? 1)
    let description: GalleryDescription =
      switch argument {
      case .procedural(let size): try .procedural(population, size: size)
      case .stored(let path): try StoredGallery.open(path).description
      }
    let line = line ?? .default
    var template = try template()
    // People of the sets are enrolled in the gallery that is searched.
    template.enrolled = UInt64(description.size)
    do {
      let plan = try FrameSweepPlan(
        population: population, gallery: argument, description: description, matcher: matcher,
        threshold: threshold.map { .fixed($0) } ?? .fpir(fpir?.value ?? 0.003), threads: threads,
        rounds: rounds,
        points: try sources(sets, template, PopulationProbes(population, line: line)).flatMap(
          points))
      return FrameSweepRun(
        plan, population: population, template: template, line: line, keepFrames: keepFrames)
    } catch let error as SweepError where error.code == .badPlan {
      throw Console.usage(error.message)
    }
  }

  private func sources(
    _ sets: [FrameSet], _ template: SimulationOptions, _ probes: PopulationProbes
  ) throws -> [FrameSource] {
    guard framesets.isEmpty else {
      return zip(framesets, sets).map { FrameSource(folder: $0, digest: $1.digest) }
    }
    return try (marker?.values ?? [18, 30, 48]).flatMap { px in
      try (quality?.values ?? [85, 40]).map { quality in
        try FrameSource(
          markerPixels: px, quality: quality, options: template, probes: probes.arguments)
      }
    }
  }

  private func points(_ source: FrameSource) -> [FramePoint] {
    scale.values.flatMap { scale in
      locate.values.flatMap { locate in
        decimation.values.map {
          FramePoint(frames: source, scale: scale, locate: locate, decimation: $0)
        }
      }
    }
  }
}

extension DecodeScale: CustomStringConvertible { package var description: String { rawValue } }
extension LocateMode: CustomStringConvertible { package var description: String { rawValue } }
