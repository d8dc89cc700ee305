// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import Frames
internal import Glibc
internal import Synchronization
package import SystemPackage

/// How far a simulation has come, in captures; dropped ones count as done.
package struct SimulationProgress: Hashable, Sendable {
  package let done: Int
  package let total: Int
}

/// Makes frame sets: simulated cameras that look at simulated rooms.
package enum Simulator {
  /// What the manifest says made the set. The version rises when the same options give other bytes.
  package static let name = "sightline simulate"
  package static let version = 1

  /// Renders a frame set into `folder`, which must be new or empty.
  ///
  /// The same options and probes give the same bytes, whatever the number of workers. The folder
  /// appears whole or not at all, also when the task is cancelled.
  ///
  /// `workers` frames are rendered at a time, `nil` for one a processor. `progress` is called from any
  /// thread, one call at a time, after each capture.
  ///
  /// - Returns: the manifest as written.
  /// - Throws: `SimulationError`, `FileError`, `FrameError` or `CancellationError`.
  @discardableResult
  package static func run(
    _ options: SimulationOptions, probes: some ProbeSource, to folder: FilePath,
    workers: Int? = nil, progress: @escaping @Sendable (SimulationProgress) -> Void = { _ in }
  ) async throws -> FrameSetManifest {
    try options.validate()
    var plans = [CameraPlan]()
    for camera in 0..<options.cameras { plans.append(try CameraPlan(options, camera: camera)) }
    let workers = max(1, workers ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let writer = try FrameSetWriter(folder)
    do {
      var films = [CameraFilm]()
      let counter = Counter(total: options.totalFrames, report: progress)
      let shared = Shared(
        options: options, noise: SensorNoise(seed: options.seed, width: options.size.width),
        faults: FaultPlan(options), writer: writer, counter: counter)
      for plan in plans {
        films.append(try await film(plan, workers: workers, shared))
      }
      let manifest = try conclude(options, plans, films, probes, writer)
      try Task.checkCancellation()
      try writer.publish(
        manifest.frames.map(\.file) + manifest.files.keys + [FrameSetManifest.fileName])
      return manifest
    } catch {
      writer.remove()
      throw error
    }
  }

  /// What all workers use and none changes.
  private struct Shared: Sendable {
    let options: SimulationOptions
    let noise: SensorNoise
    let faults: FaultPlan
    let writer: FrameSetWriter
    let counter: Counter
  }

  /// Films and writes all frames of one camera.
  private static func film(
    _ plan: CameraPlan, workers: Int, _ shared: Shared
  ) async throws -> CameraFilm {
    try shared.writer.addCamera(plan.id)
    let background = await plan.room.background(workers: workers)
    let frames = shared.options.framesPerCamera
    let tickets = Tickets()
    return try await withThrowingTaskGroup(of: CameraFilm.self) { group in
      for _ in 0..<min(workers, frames) {
        group.addTask {
          let maker = FrameMaker(
            plan, background: background, noise: shared.noise, faults: shared.faults,
            seed: shared.options.seed)
          var film = CameraFilm()
          while true {
            try Task.checkCancellation()
            let frame = tickets.next()
            if frame >= frames { return film }
            let capture = try maker.capture(frame)
            if let bytes = capture.bytes {
              let name = FrameSetWriter.name(camera: plan.id, frame: frame)
              try shared.writer.write(bytes, name: name)
              film.frames.append(
                FrameSetManifest.Frame(
                  camera: plan.id, seq: frame, capturedAt: plan.times[frame], file: name,
                  bytes: bytes.count, sha256: SHA256Digest(of: bytes), boxes: capture.boxes))
            }
            film.sighted += capture.visible
            shared.counter.step()
          }
        }
      }
      return try await group.reduce(into: CameraFilm()) { $0.join($1) }
    }
  }

  /// Writes probes, truth and, last, the manifest.
  private static func conclude(
    _ options: SimulationOptions, _ plans: [CameraPlan], _ films: [CameraFilm],
    _ probes: some ProbeSource, _ writer: FrameSetWriter
  ) throws -> FrameSetManifest {
    var appearances = [FrameSetManifest.Appearance]()
    var truths = [FrameSetTruth.Appearance]()
    var rows = [Float]()
    let tiers = QualityTiers.all
    for (plan, film) in zip(plans, films) {
      for (number, pass) in plan.passes.enumerated() {
        appearances.append(
          FrameSetManifest.Appearance(
            camera: plan.id, marker: pass.marker, firstRow: appearances.count * tiers.count))
        truths.append(
          FrameSetTruth.Appearance(
            camera: plan.id, marker: pass.marker, identity: pass.identity,
            frames: film.visible(pass: number)))
        var draws = Draws(seed: options.seed, .probe, plan.index, number)
        for tier in tiers.indices {
          let row = probes.probe(identity: pass.identity, tier: tier, draw: draws.next())
          precondition(row.count == probes.dimension, "a probe is not as long as announced")
          rows += row
        }
      }
    }
    let vectors = VectorFile.encode(rows: rows, dimension: probes.dimension)
    try writer.write(vectors, name: FrameSetManifest.probesName)
    let truth = try writer.writeJSON(
      FrameSetTruth(appearances: truths), name: FrameSetManifest.truthName)
    let manifest = FrameSetManifest(
      generator: .init(
        name: name, version: version, seed: options.seed,
        arguments: options.arguments + probes.arguments),
      population: .init(seed: probes.populationSeed, digest: probes.populationDigest),
      cameras: plans.map {
        .init(
          id: $0.id, name: $0.room.name, width: options.size.width, height: options.size.height,
          framesPerSecond: options.framesPerSecond)
      },
      tiers: tiers, appearances: appearances,
      frames: films.flatMap(\.frames).sorted {
        ($0.capturedAt, $0.camera) < ($1.capturedAt, $1.camera)
      },
      files: [
        FrameSetManifest.probesName: SHA256Digest(of: vectors),
        FrameSetManifest.truthName: truth,
      ])
    try writer.writeJSON(manifest, name: FrameSetManifest.fileName)
    return manifest
  }

  /// Numbers from 0, each handed out once.
  private final class Tickets: Sendable {
    private let given = Mutex(0)

    func next() -> Int {
      given.withLock { given in
        given += 1
        return given - 1
      }
    }
  }

  /// Counts finished captures and reports them one at a time.
  private final class Counter: Sendable {
    private let done = Mutex(0)
    private let total: Int
    private let report: @Sendable (SimulationProgress) -> Void

    init(total: Int, report: @escaping @Sendable (SimulationProgress) -> Void) {
      self.total = total
      self.report = report
    }

    func step() {
      done.withLock { done in
        done += 1
        report(SimulationProgress(done: done, total: total))
      }
    }
  }
}
