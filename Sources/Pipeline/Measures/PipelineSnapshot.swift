// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The whole pipeline at one moment, taken while it works: for metrics, live views and those who watch.
///
/// Parts are read one after the other, so that counts of neighbours may differ by the frames that moved
/// meanwhile.
package struct PipelineSnapshot: Sendable {
  package enum Phase: Int, Hashable, Sendable {
    /// The gallery and the bus are being opened.
    case opening
    case running
    /// Asked to stop: what is in flight is finished.
    case stopping
    case ended
  }

  package struct Camera: Sendable {
    package var name: String
    package var frames: FrameAccount
    /// Frames that it is to give in all, where that is known.
    package var expected: Int?
    /// From due to tracked, in milliseconds, to a sixteenth; `nil` before its first frame, and where there
    /// are too many cameras.
    package var p99MS: Double?

    package init(
      name: String, frames: FrameAccount, expected: Int? = nil, p99MS: Double? = nil
    ) {
      self.name = name
      self.frames = frames
      self.expected = expected
      self.p99MS = p99MS
    }
  }

  /// A queue, named after the stage that takes from it.
  package struct Queue: Sendable {
    package var name: String
    package var frames: Int
    package var bytes: Int
    package var limits: QueueLimits
    package var mostFrames: Int
    package var mostBytes: Int

    package init(
      name: String, frames: Int, bytes: Int, limits: QueueLimits, mostFrames: Int = 0,
      mostBytes: Int = 0
    ) {
      self.name = name
      self.frames = frames
      self.bytes = bytes
      self.limits = limits
      self.mostFrames = mostFrames
      self.mostBytes = mostBytes
    }
  }

  package var phase = Phase.opening
  /// On the monotonic clock, in nanoseconds.
  package var takenAt: UInt64 = 0
  /// When the stages began; `nil` before.
  package var beganAt: UInt64?
  /// In the manifest's order, or that of the feeds.
  package var cameras: [Camera] = []
  package var drops: [FrameDrop: Int] = [:]
  /// Frames that are to come in all, and those that a resumed run had behind it; `nil` where unknown.
  package var expectedFrames: Int?
  package var resumedAfterFrames = 0
  /// In which the frames are to come in, from the beginning of the stages on; `nil` where they come as fast
  /// as they are taken, or that is unknown.
  package var plannedSeconds: Double?
  package var queues: [Queue] = []
  /// What frames between workers and tracker keep, and from how much on no other comes in.
  package var keptBytes = 0
  package var keptLimitBytes = Int.max
  /// Threads of the stages that share the workers.
  package var workers = 1
  /// Empty in a snapshot without stages.
  package var measures = StageMeasures()
  /// When the measures were read, on the monotonic clock in nanoseconds.
  package var measuredAt: UInt64 = 0
  package var faces = FaceAccount()
  package var searches = 0
  /// Candidates at or over the decision threshold.
  package var candidatesOverThreshold = 0
  package var opened = 0
  package var updated = 0
  package var closed = 0
  /// Events on the bus, and those that it had already.
  package var eventsDurable = 0
  package var eventsDuplicate = 0
  /// Events that the log does not have yet.
  package var eventsWaiting = 0
  /// From a frame's coming in, or its being due, to its events' being durable.
  package var eventLatency = Durations()
  /// Commits that took longer than `EventLatency.slow`, and the longest of all, in nanoseconds.
  package var slowCommits = 0
  package var longestCommit: UInt64 = 0
  /// The last sightings opened, the newest last.
  package var recent: [LiveSighting] = []

  package init() {}

  /// Takes what costs most to read from an earlier snapshot of the same run.
  package mutating func reuseStages(of earlier: PipelineSnapshot) {
    guard earlier.beganAt == beganAt, earlier.cameras.count == cameras.count else { return }
    measures = earlier.measures
    measuredAt = earlier.measuredAt
    eventLatency = earlier.eventLatency
    for index in cameras.indices { cameras[index].p99MS = earlier.cameras[index].p99MS }
  }

  package var frames: FrameAccount { cameras.reduce(into: FrameAccount()) { $0.add($1.frames) } }

  /// Seconds since the stages began.
  package var seconds: Double {
    beganAt.map { takenAt > $0 ? Double(takenAt - $0) / 1e9 : 0 } ?? 0
  }
}
