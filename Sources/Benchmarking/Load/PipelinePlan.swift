// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames
internal import Galleries
package import Pipeline

/// What `bench pipeline` is to measure.
package struct PipelinePlan: Sendable {
  /// How frames come: in the words of MLPerf Inference, and `cameras`.
  package enum Scenario: String, CaseIterable, Codable, Hashable, Sendable {
    /// Feeds of one fixed rate, each beginning at a random time: the most that are held.
    case cameras
    /// Frames come as a Poisson process: the highest rate that is held.
    case server
    /// All frames are there: how many a second.
    case offline
    /// The next frame when the last one's way is over.
    case single
    /// One frame of every camera, the next ones when all of the last have ended.
    case multi

    /// Whether frames come whatever the pipeline does, so that there is a load to be held.
    package var isOpenLoop: Bool { self == .cameras || self == .server }
  }

  /// Frame set, gallery, matcher, stages and queues.
  package var configuration: RunConfiguration
  package var scenario: Scenario
  /// What p99 must stay under in an open loop, in seconds.
  package var bound: Double?
  /// Cameras, or frames a second; `nil` to find the most.
  package var load: Double?
  /// Frames a second of a camera; `nil` for what the frame set says.
  package var framesPerSecond: Double?
  /// Least measured time of a run.
  package var seconds = 10.0
  /// Time before that, in which frames pass and are not counted.
  package var warmup = 1.0
  package var seed: UInt64 = 1
  /// Whether events go to a SQLite log, in a temporary folder, or nowhere.
  package var usesBus = true
  /// Searches that are compared with exact search, at most.
  package var checked = 256
  /// Whether a run goes on for its time though frames are late or dropped, to see what lasts.
  package var keepsGoing = false
  /// Frames whose way is kept for a trace; 0 for none.
  package var traced = 0

  package init(_ configuration: RunConfiguration, scenario: Scenario) {
    self.configuration = configuration
    self.configuration.clock = .wall
    self.scenario = scenario
  }

  /// The first queue of an open loop: longer than any bound allows frames to wait, so that what is late is
  /// told as late, and no longer.
  package static let openQueue = QueueLimits(
    elements: 256, bytes: 64 << 20, policy: .dropOldest)

  /// Bounds of the first queue.
  package var intake: QueueLimits { configuration.intake ?? Self.openQueue }

  /// Frames a second of every feed.
  package var feedRate: Double {
    let rates = configuration.frameSet.manifest.cameras.map(\.framesPerSecond)
    return framesPerSecond ?? rates.max() ?? 1
  }

  /// Seconds, to a factor of two or so; the gallery's drawing is not in it.
  package var estimatedSeconds: Double {
    let run = seconds + warmup + 0.2
    guard scenario.isOpenLoop, load == nil else { return run }
    return 8 * (seconds / 4 + warmup + 0.2) + run
  }

  /// Bytes that the stages keep, the gallery left out.
  package var stageBytes: Int { configuration.stageBytes }

  /// The configuration with the first queue that runs have.
  package var measured: RunConfiguration {
    var measured = configuration
    measured.intake = intake
    return measured
  }

  /// The most bytes that the latencies of a run take: four records, of frames as due and as served, of events and
  /// of the generator, each bounded whatever the duration.
  package var recordBytes: Int {
    guard scenario.isOpenLoop, let load else { return 4 * LatencyRecord.mostBytes }
    let planned = (scenario == .cameras ? load * feedRate : load) * seconds
    guard planned < Double(LatencyRecord.mostExact) else { return 4 * LatencyRecord.mostBytes }
    return 4 * Int(planned) * MemoryLayout<UInt64>.stride
  }
}
