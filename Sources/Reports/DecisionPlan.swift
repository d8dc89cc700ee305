// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Benchmarking
internal import Pipeline

/// When tracks end and sightings are told, in words.
struct DecisionPlan {
  private let captures: Int
  private let leastCaptures: Int
  /// Seconds, as are those below.
  private let trackGap: Double
  private let updateEvery: Double
  /// `nil` where there is none to tell of.
  private let coolDown: Double?

  init(_ settings: DecisionSettings) {
    captures = settings.captures
    leastCaptures = settings.minimumCaptures
    trackGap = settings.trackGap / .seconds(1)
    updateEvery = settings.updateEvery / .seconds(1)
    coolDown = settings.coolDown / .seconds(1)
  }

  init(_ decision: BenchDecision) {
    captures = decision.captures
    leastCaptures = decision.leastCaptures
    trackGap = decision.trackGapMS / 1e3
    updateEvery = decision.updateEveryMS / 1e3
    coolDown = nil
  }

  var text: String {
    "best \(captures) captures, \(leastCaptures) at least; a track ends \(Self.time(trackGap)) unseen; "
      + "updates \(Self.time(updateEvery)) apart"
      + (coolDown.map { "; cool-down \(Self.time($0))" } ?? "")
  }

  private static func time(_ seconds: Double) -> String {
    let text = Text.rate(seconds)
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " s"
  }
}
