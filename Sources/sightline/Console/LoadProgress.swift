// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Reports

/// Shows the progress of a bench of the pipeline on standard error.
final class LoadProgress: Sendable {
  private let gallery = Progress("gallery", unit: "templates")

  @Sendable func observe(_ event: PipelineProgress) {
    switch event {
    case .gallery(let done, let total):
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
      Console.note("bench: \(what); about \(Int(left.rounded(.up))) s left")
    case .checking(let searches):
      Console.note("bench: comparing \(searches) searches with exact search")
    }
  }

  func finish() { gallery.finish() }
}
