// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
internal import Galleries
package import Population
package import Sightings

/// What all parts of a stream share and none changes: the city, the closed forms, what events say alike.
package struct TrafficModel: Sendable {
  /// Cameras of one quality line and condition.
  package struct Group: Hashable, Sendable {
    package let line: QualityLine
    package let condition: CaptureCondition
  }

  package let options: TrafficOptions
  package let digest: SHA256Digest
  package let runID: String
  package let threshold: Double
  /// Of one non-mated search, by the closed form.
  package let searchFPIR: Double
  package let policy: SightingPolicy
  package let groups: [Group]
  /// By camera.
  package let contexts: [SightingContext]
  /// By camera; none on the wall clock, where events are stamped before they are encoded.
  let encoders: [SightingEncoder]
  let grid: CameraGrid
  let roster: CrowdRoster
  let searches: VisitSearches
  /// When the cameras stop, in microseconds after the beginning of the stream.
  var horizon: Int64
  /// How near each camera hangs.
  private let nearness: [Double]

  /// `software` is the version that events tell. Takes some .3 s, for the closed forms.
  ///
  /// - Throws: `TrafficError`; `GalleryError` for a gallery of impossible size.
  package init(_ options: TrafficOptions, runID: String, software: String) throws {
    try options.validate()
    self.options = options
    horizon = options.span
    self.runID = runID
    digest = options.digest
    let population = Population(seed: options.populationSeed)
    let size = options.templates
    let target: Double?
    switch options.threshold {
    case .fixed(let value): (threshold, target) = (value.rounded(places: 6), nil)
    case .fpir(let wanted):
      // Events tell six decimals; upward, so that the target is kept.
      let exact = population.impostors.threshold(fpir: wanted, gallerySize: size)
      (threshold, target) = ((exact * 1e6).rounded(.up) / 1e6, wanted)
    }
    searchFPIR = population.impostors.fpir(threshold: threshold, gallerySize: size)
    if let target, !(searchFPIR <= target * 1.01) || threshold > 1 {
      throw TrafficError(
        .badOption, "--fpir: no threshold reaches \(target) with \(size) templates; raise it")
    }
    policy = SightingPolicy(
      decision: DecisionPolicy(threshold: threshold, listed: options.candidates))
    groups = options.lines.flatMap { line in
      options.conditions.map { Group(line: line, condition: $0) }
    }
    grid = CameraGrid(count: options.cameras, seed: options.seed)
    roster = CrowdRoster(
      people: options.people, enrolled: options.enrolledPeople, gallerySize: size,
      seed: options.seed)
    searches = VisitSearches(
      population: population,
      scores: StrangerScores(population, threshold: threshold, gallerySize: size),
      gallerySize: size, listed: options.candidates, seed: options.seed)
    nearness = (0..<options.cameras).map {
      var draws = TrafficDraws(seed: options.seed, .camera, UInt64($0), 1)
      return draws.within(0.75, 1.25)
    }
    let gallery = try GalleryDescription.procedural(population, size: size)
    let part = SightingData.Model.Part(name: "traffic-model", version: software)
    let basis = SightingData.ThresholdBasis(
      method: target == nil ? "given" : "model", targetFPIR: target,
      searchFPIR: searchFPIR.rounded(significant: 4), calibrationGallerySize: size,
      calibrationDigest: population.digest.hex)
    let floor = ModelledCapture.tiers[ModelledCapture.tiers.count - 1]
    let (grid, digest) = (grid, digest.hex)
    contexts = (0..<options.cameras).map { camera in
      SightingContext(
        deployment: options.deployment,
        camera: .init(id: grid.id(camera), name: grid.name(camera)),
        clock: .init(kind: options.clock, maximumErrorMilliseconds: 0),
        qualityMethod: "harmonic mean of size/(size+24) and margin/(margin+20)",
        qualityMinimum: ModelledCapture.quality(pixels: floor.pixels, margin: floor.margin),
        gallery: .init(
          id: "synthetic-\(gallery.digest.prefix(4))", version: "\(gallery.formatVersion)",
          size: gallery.size, digest: gallery.digest.hex),
        metric: "cosine", exact: true, k: options.candidates, thresholdBasis: basis,
        model: .init(detector: part, embedder: part, matcher: part),
        provenance: .init(
          runID: runID, configurationDigest: digest, seed: options.seed,
          softwareVersion: software))
    }
    var encoders: [SightingEncoder] = []
    if options.clock == .virtual {
      for context in contexts {
        encoders.append(try SightingEncoder(context, policy, like: encoders.last))
      }
    }
    self.encoders = encoders
  }

  /// The group of a camera, by number: lines and conditions repeat independently.
  package func group(of camera: Int) -> Int {
    camera % options.lines.count * options.conditions.count + camera % options.conditions.count
  }

  /// The moment `offset` microseconds after the beginning of the stream.
  func moment(_ offset: Int64) -> Timestamp {
    Timestamp(microseconds: options.start.microseconds + offset)
  }

  /// When a camera takes a frame.
  package func time(camera: Int, frame: Int) -> Timestamp {
    moment(grid.time(camera, frame: frame))
  }

  /// How many frames a camera takes until it stops.
  package func frames(of camera: Int) -> Int { grid.frame(camera, from: horizon) }

  /// What an event says of a frame that nobody took: its digest is that of its name.
  package func facts(camera: Int, frame: Int) -> FrameFacts {
    FrameFacts(
      sequence: frame, capturedAtMicroseconds: time(camera: camera, frame: frame).microseconds,
      width: Passage.width, height: Passage.height,
      bytes: 88_000 + (camera &* 7919 &+ frame &* 104_729) % 24_000,
      sha256: SHA256Digest(
        of: "sightline modelled frame/\(options.seed)/\(grid.id(camera))/\(frame)"))
  }

  /// Draws a visit out; `nil` where the camera has told of that person lately, under whatever name.
  func script(
    _ visit: Visit, ordinal: Int, told: ToldSubjects, scratch: inout [Double]
  ) -> VisitScript? {
    let (identity, isEnrolled) = roster.identity(of: Int(visit.person))
    if told.contains(identity) { return nil }
    let camera = Int(visit.camera)
    let first = Int(visit.firstFrame)
    let begins = grid.time(camera, frame: first)
    let count = min(Int(visit.captures), frames(of: camera) - first)
    guard count > 0 else { return nil }
    let passage = Passage(
      visit, seed: options.seed, factor: nearness[camera],
      isDark: options.rhythm.isDark(at: moment(begins)))
    let captures = (0..<count).map { passage.capture($0) }
    let group = groups[group(of: camera)]
    var lists = [VisitSearch?](repeating: nil, count: ModelledCapture.tiers.count)
    var node: Int?
    for tier in lists.indices where captures.contains(where: { $0.tier == tier }) {
      let row = node ?? searches.node(of: identity)
      node = row
      lists[tier] = searches.search(
        identity: identity, isEnrolled: isEnrolled, node: row, line: group.line,
        condition: group.condition, draw: visit.key &+ UInt64(tier), told: told,
        scratch: &scratch)
    }
    return VisitScript(
      camera: camera, track: TrackID(firstSequence: first, ordinal: ordinal), identity: identity,
      isEnrolled: isEnrolled, captures: captures, searches: lists)
  }
}
