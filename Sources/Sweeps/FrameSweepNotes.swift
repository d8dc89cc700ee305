// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Evaluation
internal import Faces
internal import Frames

/// What a reader of a sweep must not miss.
enum FrameSweepNotes {
  static func notes(_ result: FrameSweepResult) -> [String] {
    var notes: [String] = []
    let points = result.points
    let fewest = points.map(\.figures.mated).min() ?? 0
    if fewest < 100 {
      notes.append(
        "Rates rest on \(fewest) passes of enrolled people at the least: differences of less than "
          + "\(Int((140 / Double(max(1, fewest)).squareRoot()).rounded())) percent points may be chance; "
          + "more cameras or seconds narrow them.")
    }
    notes.append(
      "All rendered sets show the same people with the same probes, so that points are compared on equal "
        + "terms; intervals of single rates do not know of that.")
    let cores = Double(result.machine.cores)
    let busiest = points.map(\.cost.load).max() ?? 0
    if busiest > cores + Double(result.plan.threads) * 0.5 {
      notes.append(
        "Other work ran beside (load \((busiest * 10).rounded() / 10) on \(result.machine.cores) cores): "
          + "frames a second and latencies are too low; CPU times suffer less.")
    }
    let failed = points.reduce(0) { $0 + $1.frames.failed }
    if failed > 0 {
      notes.append("\(failed) frames could not be decoded; who was on them was missed.")
    }
    for point in points where point.figures.located.rate == 0 {
      notes.append("\(point.title): no marker was located at all.")
    }
    return notes
  }
}

extension FrameSweepResult.Point {
  /// What sets this point apart, in words.
  package var title: String { settings.frames.condition + ", " + method }

  /// What was chosen at this point, without the condition that it stands under.
  package var method: String {
    let factor = settings.decimation
    var parts = settings.frames.quality.map { ["quality \($0)"] } ?? []
    parts.append("scale \(settings.scale.rawValue)")
    if settings.locate == .boxes { parts.append("boxes") }
    if factor != 1 {
      parts.append("decimation \(factor == factor.rounded() ? "\(Int(factor))" : "\(factor)")")
    }
    return parts.joined(separator: ", ")
  }
}
