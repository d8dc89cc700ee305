// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
internal import Frames
internal import Galleries
internal import Matching
internal import Pipeline
package import Population
package import Sensors
internal import Synchronization

/// Renders or opens the frame sets of a plan, runs the whole pipeline at every point and holds what it
/// found against the truth.
package struct FrameSweepRun: Sendable {
  /// How far a sweep is.
  package enum Progress: Sendable {
    /// Templates drawn into the gallery.
    case gallery(done: Int, total: Int)
    /// Frames rendered and run, of all that this session has to.
    case frames(done: Int, total: Int)
  }

  package let plan: FrameSweepPlan
  private let population: Population
  /// What rendered sets have in common, and the line of their probes.
  private let template: SimulationOptions
  private let line: QualityLine
  /// Whether rendered sets stay when their points are finished.
  private let keepFrames: Bool

  package init(
    _ plan: FrameSweepPlan, population: Population, template: SimulationOptions, line: QualityLine,
    keepFrames: Bool = false
  ) {
    precondition(plan.population == population.digest, "the plan is another population's")
    self.plan = plan
    self.population = population
    self.template = template
    self.line = line
    self.keepFrames = keepFrames
  }

  /// Measures the points that `folder` lacks.
  ///
  /// `progress` may be called from several threads at once.
  /// - Throws: `SweepError` with code `interrupted` when the task is cancelled, with all finished points kept;
  ///   errors of frames, galleries, matchers, buses and files.
  package func execute(
    in folder: SweepFolder, software: AccuracyResult.Software, machine: AccuracyResult.Machine,
    progress: @escaping @Sendable (Progress) -> Void
  ) async throws -> FrameSweepResult {
    var points = plan.points.map { folder.point(plan.id(of: $0)) }
    do {
      try await measure(&points, folder, progress)
    } catch {
      let isGallery = (error as? GalleryError)?.code == .cancelled
      guard error is CancellationError || isGallery else { throw error }
      throw SweepError(
        .interrupted,
        "interrupted; \(points.count { $0 != nil }) of \(points.count) points are kept in "
          + "\(folder.path), and the same command goes on from there")
    }
    var result = FrameSweepResult(
      plan: plan, planDigest: plan.digest, software: software, machine: machine,
      points: points.compactMap(\.self), notes: [])
    result.markFronts()
    result.notes = FrameSweepNotes.notes(result)
    return result
  }

  private func measure(
    _ points: inout [FrameSweepResult.Point?], _ folder: SweepFolder,
    _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws {
    let sets = plan.sets.map { set in (set.source, set.points.filter { points[$0] == nil }) }
      .filter { !$0.1.isEmpty }
    let opened = try sets.map { source, _ in
      try SweepFrames(
        source, in: folder, template: template,
        probes: PopulationProbes(population, line: line))
    }
    let count = FrameCount(
      total: zip(opened, sets).reduce(0) { $0 + $1.0.work(runs: $1.1.1.count * plan.rounds) },
      report: progress)
    var matcher: (any Matcher)?
    for (set, (_, missing)) in zip(opened, sets) {
      let frames = try await set.frames(workers: plan.threads) { count.step() }
      let truth = try frames.truth()
      for index in missing {
        try Task.checkCancellation()
        let configuration = try configuration(plan.points[index], frames)
        if matcher == nil {
          matcher = try await configuration.matcher(population) {
            [size = plan.gallerySize] done, _ in
            progress(.gallery(done: done, total: size))
          }
        }
        guard let matcher else { preconditionFailure("the gallery was just opened") }
        let point = try await PointRun(
          id: plan.id(of: plan.points[index]), settings: plan.points[index], plan: plan,
          configuration: configuration, truth: truth, matcher: matcher
        ).measure(in: folder) { count.step() }
        try folder.write(point)
        points[index] = point
      }
      if !keepFrames { set.remove(from: folder) }
    }
  }

  private func configuration(
    _ point: FramePoint, _ frames: FrameSet
  ) throws -> RunConfiguration {
    var configuration = RunConfiguration(
      frameSet: frames, gallery: try GalleryArgument(plan.gallery))
    configuration.matcher = plan.matcher
    configuration.threshold = plan.rule
    configuration.scale = point.scale
    configuration.locate = point.locate
    configuration.decimation = point.decimation
    configuration.deployment = "sweep"
    configuration.threads = plan.threads
    configuration.fresh = true
    return configuration
  }
}

/// Counts frames from many threads and reports them one at a time.
final class FrameCount: Sendable {
  private let done = Mutex(0)
  private let total: Int
  private let report: @Sendable (FrameSweepRun.Progress) -> Void

  init(total: Int, report: @escaping @Sendable (FrameSweepRun.Progress) -> Void) {
    self.total = total
    self.report = report
  }

  func step() {
    done.withLock { done in
      done += 1
      report(.frames(done: done, total: total))
    }
  }
}
