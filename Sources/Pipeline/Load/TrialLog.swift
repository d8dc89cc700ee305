// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import EventBus
internal import Frames
internal import Sightings

/// Where the events of a trial go, and the state machines of its feeds.
struct TrialLog {
  let runID: String
  let writer: any EventBus
  let latency = EventLatency()
  /// One a feed.
  let machines: [SightingMachine]
  private let log: SQLiteLog?

  /// - Parameters:
  ///   - names: of the feeds; feed *f* is camera *f* modulo the frame set's.
  ///   - delay: makes commits wait.
  init(
    _ trial: LoadTrial, _ bus: TrialBus, names: [String], slowedBy delay: CallDelay? = nil
  ) throws {
    let log: SQLiteLog? =
      switch bus {
      case .sqlite(let path): try SQLiteLog(path)
      case .none: nil
      }
    self.log = log
    runID = try log?.beginRun(key: "bench", fresh: true).runID ?? "bench"
    writer =
      log.map { [latency] log in
        let disk: any DurableLog = delay.map { SlowLog(log: log, delay: $0) } ?? log
        return GroupCommitWriter(log: disk) { latency.committed($0) }
      } ?? DiscardingBus()
    let contexts = trial.contexts(runID: runID)
    // A feed shows its frames over and over. Who comes again stands for somebody else, or a feed would tell
    // of nobody after its first time round.
    var policy = contexts.policy
    policy.coolDown = .zero
    let cameras = trial.configuration.frameSet.manifest.cameras
    machines = names.enumerated().map { [policy] feed, name in
      var camera = cameras[feed % cameras.count]
      camera.id = name
      camera.name = name
      return SightingMachine(
        context: contexts.context(for: camera), policy: policy, lastSequence: 0,
        remembered: [])
    }
  }

  func close() { try? log?.close() }
}
