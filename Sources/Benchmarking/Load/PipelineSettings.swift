// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Faces
internal import Files
internal import Frames
internal import Galleries
internal import Pipeline
internal import SystemPackage

/// What decided a bench of the pipeline, as its report tells it.
package struct PipelineSettings: Codable, Hashable, Sendable {
  package let scenario: PipelinePlan.Scenario
  package let p99BoundMS: Double?
  /// Cameras, or frames a second; `nil` to find the most.
  package let load: Double?
  package let frames: String
  package let frameSetDigest: String
  package let frameSizes: [String]
  package let frameCount: Int
  package let cameras: Int
  package let feedFramesPerSecond: Double
  package let gallery: String
  package let matcher: String
  package let scale: String
  package let locate: String
  package let decimation: Double
  package let candidates: Int
  /// When tracks end and sightings are told; `nil` for what is so unless told.
  package let decision: BenchDecision?
  package let threads: Int
  package let bus: String
  package let queueFrames: Int
  package let queueBytes: Int
  package let queuePolicy: String
  package let maximumAgeMS: Double?
  /// Probes that are searched together at most, and of these one camera's while others wait.
  package let batch: Int
  package let batchPerCamera: Int
  /// How long a batch that is not full waits, and how long while frames wait for a worker.
  package let batchWaitMS: Double
  package let batchBacklogWaitMS: Double
  package let seconds: Double
  package let warmupSeconds: Double
  package let seed: UInt64

  package init(_ plan: PipelinePlan) {
    let configuration = plan.configuration
    let set = configuration.frameSet
    let queue = plan.intake
    scenario = plan.scenario
    p99BoundMS = plan.bound.map { $0 * 1e3 }
    load = plan.load
    frames = set.folder.string
    frameSetDigest = set.digest.hex
    frameSizes = Set(set.manifest.cameras.map { "\($0.width)x\($0.height)" }).sorted()
    frameCount = set.manifest.frames.count
    cameras = set.manifest.cameras.count
    feedFramesPerSecond = plan.feedRate
    gallery = configuration.gallery.description
    matcher = configuration.matcher.rawValue
    scale = configuration.scale.rawValue
    locate = configuration.locate.rawValue
    decimation = configuration.decimation
    candidates = configuration.candidates
    let decided = BenchDecision(configuration.decision)
    decision = decided == BenchDecision(DecisionSettings()) ? nil : decided
    threads = configuration.threads
    bus = plan.usesBus ? "sqlite" : "none"
    queueFrames = queue.elements
    queueBytes = queue.bytes
    // A closed loop and all at once wait: what is offered is taken.
    queuePolicy = (plan.scenario.isOpenLoop ? queue.policy : .block).rawValue
    maximumAgeMS = plan.scenario.isOpenLoop ? queue.maximumAge.map { Double($0) / 1e6 } : nil
    let limits = configuration.batch
    batch = limits.size
    batchPerCamera = limits.perCamera
    batchWaitMS = Double(limits.wait) / 1e6
    batchBacklogWaitMS = Double(limits.backlogWait) / 1e6
    seconds = plan.seconds
    warmupSeconds = plan.warmup
    seed = plan.seed
  }
}
