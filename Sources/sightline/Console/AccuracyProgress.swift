// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import FoundationEssentials
internal import Synchronization

/// Shows an accuracy run's progress on standard error.
final class AccuracyProgress: Sendable {
  private let points: Int
  /// The steps begun, by name: rates count from a step's first sign of life.
  private let steps = Mutex<[String: Progress]>([:])

  init(_ plan: AccuracyPlan) { points = plan.points.count }

  @Sendable func observe(_ event: AccuracyRun.Progress) {
    switch event {
    case .gallery(let point, let done, let total):
      show("gallery", point, "templates", done, total)
    case .searches(let point, let done, let total, let before):
      show("searches", point, "probes", done - before, total - before)
    case .reference(let point, let done, let total):
      show("exact search", point, "probes", done, total)
    case .kin(let point, let done, let total):
      show("searches of relatives", point, "probes", done, total)
    }
  }

  private func show(_ step: String, _ point: Int, _ unit: String, _ done: Int, _ total: Int) {
    let name = step + (points > 1 ? " of point \(point + 1) of \(points)" : "")
    let progress = steps.withLock { steps in
      let progress = steps[name] ?? Progress(name, unit: unit)
      steps[name] = progress
      return progress
    }
    progress.update(done, of: total)
    if done == total { progress.finish() }
  }

  func finish() {
    for progress in steps.withLock({ Array($0.values) }) { progress.finish() }
  }
}

/// The time of day, for results.
enum UTC {
  /// Now, to the second: `2026-01-31T12:00:00Z`.
  static var now: String { Date().formatted(.iso8601) }
}
