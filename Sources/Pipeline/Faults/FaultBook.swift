// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How often a fault struck.
package struct FaultTally: Codable, Hashable, Sendable {
  /// `nil` for a part of the pipeline.
  package var camera: String?
  package var kind: FaultKind
  /// Episodes, single frames, or calls that waited.
  package var times: Int
  /// Frames it befell; 0 for a part of the pipeline.
  package var frames: Int
}

/// The faults that struck so far, by camera and kind.
struct FaultBook: Sendable {
  private struct Key: Hashable {
    let camera: String
    let kind: FaultKind
  }

  private struct Rule: Hashable {
    let camera: String
    let number: Int
  }

  private var counts: [Key: (times: Int, frames: Int)] = [:]
  /// The last episode of each rule.
  private var last: [Rule: Int] = [:]

  mutating func struck(_ delivery: FaultedFeed.Delivery, camera: String) {
    for (place, strike) in delivery.strikes.enumerated() {
      let key = Key(camera: camera, kind: strike.kind)
      var count = counts[key] ?? (0, 0)
      // Two rules of a kind befall one frame once.
      if !delivery.strikes[..<place].contains(where: { $0.kind == strike.kind }) {
        count.frames += 1
      }
      let rule = Rule(camera: camera, number: strike.rule)
      if last.updateValue(strike.episode, forKey: rule) != strike.episode { count.times += 1 }
      counts[key] = count
    }
  }

  /// By camera, then kind.
  var all: [FaultTally] {
    counts.map {
      FaultTally(
        camera: $0.key.camera, kind: $0.key.kind, times: $0.value.times, frames: $0.value.frames)
    }.sorted { ($0.camera ?? "", $0.kind.rawValue) < ($1.camera ?? "", $1.kind.rawValue) }
  }
}
