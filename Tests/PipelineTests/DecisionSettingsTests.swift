// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Frames
import Galleries
import Pipeline
import SystemPackage
import Testing

@Suite("Settings of the decision, in a run's digest")
struct DecisionSettingsTests {
  private static let samples = FilePath(
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SampleFrames").path)

  private func canonical(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> [String] {
    var configuration = RunConfiguration(
      frameSet: try FrameSet(opening: Self.samples), gallery: .procedural(size: 100_000))
    change(&configuration)
    return configuration.canonical(gallery: SHA256Digest(of: "gallery"))
      .split(separator: "\n").map(String.init)
  }

  @Test("What is so unless told is told as it was before it could be told")
  func standard() throws {
    // An interrupted run is resumed by this text: not a letter of it may change.
    let policy =
      "policy=SightingPolicy(tracking: Sightings.TrackingPolicy(trackGap: 2.0 seconds, "
      + "enlargement: 3.0, enlargementPerSecond: 1.5, maximumEnlargement: 5.0, "
      + "nominalInterval: 0.25 seconds, minimumOverlap: 0.1, minimumSizeRatio: 0.6, "
      + "minimumLikeness: 0.2, velocityWeight: 0.6), decision: Sightings.DecisionPolicy("
      + "threshold: 0.0, captures: 3, minimumCaptures: 2, listed: 5), updateEvery: 1.0 seconds, "
      + "improvement: 0.01, coolDown: 10.0 seconds, maximumAge: 300.0 seconds, "
      + "staleness: 60.0 seconds)"
    let told = try canonical().filter { $0.hasPrefix("policy=") }
    #expect(told == [policy], "\(told)")
  }

  @Test("Every setting is in the text, and in no line but the policy's")
  func each() throws {
    let plain = try canonical()
    let changed = try [
      canonical { $0.decision.trackGap = .milliseconds(1_999) },
      canonical { $0.decision.captures = 4 },
      canonical { $0.decision.minimumCaptures = 3 },
      canonical { $0.decision.updateEvery = .zero },
      canonical { $0.decision.coolDown = .milliseconds(10_001) },
    ]
    #expect(Set(changed + [plain]).count == changed.count + 1)
    for lines in changed {
      let differing = zip(lines, plain).filter { $0 != $1 }.map(\.0)
      #expect(differing.count == 1 && differing[0].hasPrefix("policy="))
      #expect(lines.count == plain.count)
    }
  }
}
