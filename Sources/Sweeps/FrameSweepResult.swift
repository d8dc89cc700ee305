// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
package import Files

/// What the whole pipeline found and cost at every point of a sweep: `result.json` of `sightline sweep`.
///
/// Keys in JSON are in snake case; `Schemas/frame-sweep.v1.schema.json` describes them.
package struct FrameSweepResult: Codable, Hashable, Sendable {
  /// Version of this record; a later one is refused.
  package static let currentFormat = 1
  package static let kind = "frame-sweep"

  /// Tells this record from other results.
  package var kind = Self.kind
  package var formatVersion = Self.currentFormat
  /// Nobody real is in it.
  package var simulated = true
  package var plan: FrameSweepPlan
  /// SHA-256 of the plan's canonical text.
  package var planDigest: SHA256Digest
  package var software: AccuracyResult.Software
  package var machine: AccuracyResult.Machine
  /// In the order of the plan.
  package var points: [Point]
  /// Remarks that a reader must not miss, a sentence each.
  package var notes: [String]

  /// One way to process one set of frames.
  package struct Point: Codable, Hashable, Sendable {
    /// First digits of the digest of all that decides it.
    package var id: String
    package var settings: FramePoint
    package var frames: Frames
    package var figures: PassFigures
    package var cost: Cost
    /// The costs in which no other point of the same condition is as cheap and misses as few: `cpu` a
    /// frame, `bytes` a frame.
    package var fronts: [ParetoFront.Axis]
  }

  package struct Frames: Codable, Hashable, Sendable {
    /// SHA-256 of the set's manifest.
    package var digest: SHA256Digest
    package var cameras: Int
    /// Frames delivered, and those of them that could not be decoded.
    package var count: Int
    package var failed: Int
    package var width: Int
    package var height: Int
  }

  /// Of the round with the median CPU time.
  package struct Cost: Codable, Hashable, Sendable {
    package var framesPerSecond: Double
    /// Of all rounds, the slowest and the fastest.
    package var framesPerSecondRange: [Double]
    /// CPU time of the process on all threads, a frame.
    package var cpuMillisecondsPerFrame: Double
    package var cpuMillisecondsRange: [Double]
    /// JPEG bytes a frame.
    package var bytesPerFrame: Double
    package var wallSeconds: Double
    package var cpuSeconds: Double
    package var stages: [Stage]
    /// Frame in to event durable, with queues full: on the virtual clock frames come as fast as they go.
    /// Milliseconds, of as many events as `events` says.
    package var events: Int
    package var latencyP50Ms: Double
    package var latencyP99Ms: Double
    /// Runnable processes over the last minute, when the point was finished.
    package var load: Double
  }
}

extension FrameSweepResult {
  /// Time at work in a stage, per frame or, for matching and publishing, per batch; waiting is apart.
  package struct Stage: Codable, Hashable, Sendable {
    package var name: String
    package var count: Int
    package var p50Ms: Double
    package var p99Ms: Double
    package var waitP99Ms: Double
  }
}

/// What is not beaten: Pareto fronts of cost and misses.
package enum ParetoFront {
  package enum Axis: String, Codable, CaseIterable, Hashable, Sendable {
    case cpu, bytes
  }

  /// Indices of those that no other beats: as cheap and as good, and better in one of the two. Of equals
  /// all stay. O(n^2).
  package static func indices(_ all: [(cost: Double, error: Double)]) -> [Int] {
    all.indices.filter { index in
      let one = all[index]
      return !all.contains {
        $0.cost <= one.cost && $0.error <= one.error && ($0.cost < one.cost || $0.error < one.error)
      }
    }
  }
}

extension FrameSweepResult {
  /// Marks the fronts, of each condition apart: how far people walk is not a choice.
  mutating func markFronts() {
    for index in points.indices { points[index].fronts = [] }
    let groups = Dictionary(grouping: points.indices) { points[$0].settings.frames.condition }
    for group in groups.values {
      for axis in ParetoFront.Axis.allCases {
        let all = group.map { index in
          (cost: points[index].cost[axis], error: points[index].figures.missed.rate ?? 1)
        }
        // Whoever finds nobody is cheap, and no choice.
        for place in ParetoFront.indices(all) where all[place].error < 1 {
          points[group[place]].fronts.append(axis)
        }
      }
    }
  }
}

extension FrameSweepResult.Cost {
  package subscript(axis: ParetoFront.Axis) -> Double {
    switch axis {
    case .cpu: cpuMillisecondsPerFrame
    case .bytes: bytesPerFrame
    }
  }
}
