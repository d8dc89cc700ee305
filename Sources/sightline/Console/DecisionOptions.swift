// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Pipeline

/// When tracks end, and what of them makes a sighting.
struct DecisionOptions: ParsableArguments {
  private static let standard = DecisionSettings()

  @Option(
    help: ArgumentHelp(
      "How long a track may go unseen before it ends; in capture time, as all of these.",
      valueName: "t"))
  var trackGap = Seconds(DecisionOptions.standard.trackGap)

  @Option(
    help: ArgumentHelp(
      "Of a track's captures the best by quality, whose scores are fused to one.", valueName: "n"))
  var captures: Int = DecisionOptions.standard.captures

  @Option(
    help: ArgumentHelp("Searched captures, at least, for a decision to be taken.", valueName: "n"))
  var leastCaptures: Int = DecisionOptions.standard.minimumCaptures

  @Option(
    help: ArgumentHelp(
      "Least time between two updates of a sighting, or 0; it closes when it closes.",
      valueName: "t"))
  var updateEvery = SecondsOrZero(DecisionOptions.standard.updateEvery)

  func check() throws {
    guard (0.001...3_600).contains(trackGap.value) else {
      throw ValidationError("--track-gap: give a time from 1ms to 1h")
    }
    guard (1...100).contains(captures) else {
      throw ValidationError("--captures: give a number from 1 to 100")
    }
    guard leastCaptures >= 1 else {
      throw ValidationError("--least-captures: give a number from 1 to --captures")
    }
    guard leastCaptures <= captures else {
      throw ValidationError(
        "--least-captures: \(leastCaptures) is more than --captures, \(captures); give fewer, or more "
          + "--captures")
    }
  }

  /// With the cool-down as it is unless told.
  var settings: DecisionSettings {
    var settings = Self.standard
    settings.trackGap = trackGap.duration
    settings.captures = captures
    settings.minimumCaptures = leastCaptures
    settings.updateEvery = updateEvery.duration
    return settings
  }
}
