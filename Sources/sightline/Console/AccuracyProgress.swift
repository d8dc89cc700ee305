// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import FoundationEssentials

/// Shows an accuracy run's progress on standard error.
final class AccuracyProgress: Sendable {
  private let galleries: [Progress]
  private let searches: [Progress]
  private let references: [Progress]

  init(_ plan: AccuracyPlan) {
    let count = plan.points.count
    let name = { (index: Int) in count > 1 ? " of point \(index + 1) of \(count)" : "" }
    galleries = (0..<count).map { Progress("gallery\(name($0))", unit: "templates") }
    searches = (0..<count).map { Progress("searches\(name($0))", unit: "probes") }
    references = (0..<count).map { Progress("exact search\(name($0))", unit: "probes") }
  }

  @Sendable func observe(_ event: AccuracyRun.Progress) {
    switch event {
    case .gallery(let point, let done, let total):
      galleries[point].update(done, of: total)
      if done == total { galleries[point].finish() }
    case .searches(let point, let done, let total, let before):
      searches[point].update(done - before, of: total - before)
      if done == total { searches[point].finish() }
    case .reference(let point, let done, let total):
      references[point].update(done, of: total)
      if done == total { references[point].finish() }
    }
  }

  func finish() {
    for progress in galleries + searches + references { progress.finish() }
  }
}

/// The time of day, for results.
enum UTC {
  /// Now, to the second: `2026-01-31T12:00:00Z`.
  static var now: String { Date().formatted(.iso8601) }
}
