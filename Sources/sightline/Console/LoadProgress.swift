// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Logs
internal import Pipeline
internal import Reports

/// Shows the progress of a bench of the pipeline on standard error.
final class LoadProgress: Sendable {
  private let gallery = Progress("gallery", unit: "templates")
  private let observatory: Observatory?

  /// `observatory` watches the runs; `nil` where only the gallery's progress is shown.
  init(_ observatory: Observatory? = nil) { self.observatory = observatory }

  @Sendable func observe(_ event: PipelineProgress) {
    switch event {
    case .gallery(let done, let total):
      observatory?.status(done < total ? "gallery \(done) of \(total)" : nil)
      guard observatory?.tellsProgress ?? true else { return }
      gallery.update(done, of: total)
      if done == total { gallery.finish() }
    case .load(let load, let scenario, let left):
      let what =
        switch (scenario, load) {
        case (.cameras, let load?): "\(Int(load)) cameras"
        case (_, let load?): "\(Text.fixed(load, 1)) frames/s"
        case (.offline, nil): "all frames at once"
        case (_, nil): "\(scenario.rawValue)"
        }
      observatory?.status(what, secondsLeft: left)
      guard let observatory, !observatory.isLive else { return }
      observatory.say(
        .notice, "bench-load", "bench: \(what); about \(Int(left.rounded(.up))) s left",
        [("load", what), ("seconds_left", "\(Int(left.rounded(.up)))")])
    case .checking(let searches):
      observatory?.status("comparing \(searches) searches with exact search")
      guard let observatory, !observatory.isLive else { return }
      observatory.say(
        .notice, "bench-check", "bench: comparing \(searches) searches with exact search",
        [("count", "\(searches)")])
    }
  }

  /// What the last run had come to, for a bench that is given up.
  func tellInterrupted() {
    guard let snapshot = observatory?.monitor.snapshot(withStages: false),
      snapshot.beganAt != nil
    else { return }
    let frames = snapshot.frames
    observatory?.say(
      .notice, "bench-interrupted",
      "bench: given up after \(Text.fixed(snapshot.seconds, 1)) s of its last run: "
        + "\(frames.entered) frames in, \(frames.decoded) decoded, \(frames.failed) failed, "
        + "\(frames.dropped) dropped",
      [
        ("frames", "\(frames.entered)"), ("failed", "\(frames.failed)"),
        ("dropped", "\(frames.dropped)"),
      ])
  }

  func finish() {
    gallery.finish()
    observatory?.finish()
  }
}
