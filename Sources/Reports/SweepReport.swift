// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Files
internal import Frames
internal import Pipeline
package import Sweeps

/// A sweep as people read it: for each condition a table of what was found and lost and of what it cost,
/// then the stages, then remarks.
package struct SweepReport: Sendable {
  private let result: FrameSweepResult

  package init(_ result: FrameSweepResult) { self.result = result }

  package var text: String {
    var blocks: [String] = []
    for condition in result.conditions {
      let points = result.points.filter { $0.settings.frames.condition == condition }
      blocks.append(found(condition, points))
      blocks.append(cost(points))
    }
    if !result.notes.isEmpty {
      blocks.append("Notes\n" + result.notes.map { "  * \($0)" }.joined(separator: "\n"))
    }
    blocks.append(origin)
    return blocks.joined(separator: "\n\n")
  }

  private func found(_ condition: String, _ points: [FrameSweepResult.Point]) -> String {
    let figures = points[0].figures
    let sides = figures.markerPixels.map { Text.fixed($0, 0) }
    let seen =
      sides.count == 3
      ? "; markers up to \(sides[1]) px at the median (\(sides[0]) to \(sides[2]))" : ""
    return
      "\(condition): \(figures.mated) passes of enrolled people, \(figures.nonMated) of strangers"
      + seen + "\n"
      + Text.table(
        [
          [
            "", "missed (FNIR)", "95 % interval", "unlocated/FTX/below T/outranked/undecided",
            "captures located", "95 % interval", "wrong of alerts",
          ]
        ]
          + points.map { point in
            let figures = point.figures
            let causes = figures.misses
            return [
              point.method,
              Self.rate(figures.missed.count, figures.missed.trials, figures.missed.rate),
              AccuracyReport.interval(figures.missed.low, figures.missed.high),
              "\(causes.notLocated)/\(causes.notExtracted)/\(causes.belowThreshold)/"
                + "\(causes.outranked)/\(causes.undecided)",
              Self.rate(
                figures.capturesLocated.count, figures.capturesLocated.trials,
                figures.capturesLocated.rate),
              AccuracyReport.interval(figures.capturesLocated.low, figures.capturesLocated.high),
              "\(figures.wrong.count) of \(figures.wrong.trials)",
            ]
          })
  }

  private func cost(_ points: [FrameSweepResult.Point]) -> String {
    let stages = ["decode", "locate", "match"]
    return Text.table(
      [
        ["", "CPU ms/frame", "frames/s", "kB/frame"]
          + stages.map { "\($0) p50/p99 ms" } + ["event p50/p99 ms", "front"]
      ]
        + points.map { point in
          let cost = point.cost
          return [
            point.method, Text.milliseconds(cost.cpuMillisecondsPerFrame),
            Text.fixed(cost.framesPerSecond, 0), Text.fixed(cost.bytesPerFrame / 1e3, 1),
          ]
            + stages.map { name in
              cost.stages.first { $0.name == name }.map {
                "\(Text.milliseconds($0.p50Ms))/\(Text.milliseconds($0.p99Ms))"
              } ?? "-"
            }
            + [
              cost.events == 0
                ? "-"
                : "\(Text.milliseconds(cost.latencyP50Ms))/\(Text.milliseconds(cost.latencyP99Ms))",
              point.fronts.isEmpty ? "-" : point.fronts.map(\.rawValue).joined(separator: ", "),
            ]
        })
  }

  private static func rate(_ count: Int, _ trials: Int, _ rate: Double?) -> String {
    "\(count) of \(trials) = " + (rate.map { AccuracyReport.rate($0) } ?? "-")
  }

  private var origin: String {
    let plan = result.plan
    let target = plan.targetFpir.map { ", for an FPIR of \(Text.rate($0)) a search" } ?? ""
    let loads = result.points.map(\.cost.load)
    return """
      Gallery of \(Text.count(plan.gallerySize)), matcher \(plan.matcher.rawValue), threshold \
      \(Text.fixed(plan.threshold, 4))\(target); \(plan.threads) threads, \(plan.rounds == 1 ? "one round" : "\(plan.rounds) rounds") a point.
      front: no other point of the same frames' condition costs as little and misses as few; cpu time or bytes.
      \(result.machine.cpu), \(result.machine.cores) cores, \(result.machine.kernels); load \
      \(Text.fixed(loads.min() ?? 0, 1)) to \(Text.fixed(loads.max() ?? 0, 1)). sightline \
      \(result.software.version), plan \(result.planDigest.prefix(6)), population seed \(plan.populationSeed).
      """
  }
}

extension FrameSweepResult {
  /// Conditions in the order of the points.
  var conditions: [String] {
    var seen: [String] = []
    for point in points where !seen.contains(point.settings.frames.condition) {
      seen.append(point.settings.frames.condition)
    }
    return seen
  }
}
