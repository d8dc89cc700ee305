// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Tells what changed between snapshots that is worth a line: cameras that fall silent and come back, frames
/// dropped, slow commits, a log that takes no event any more, a queue that stays full.
///
/// A function of the snapshots alone, so that no stage has to stop to tell anything.
package struct SnapshotWatch: Sendable {
  private struct Voice {
    var entered = 0
    var heardAt: UInt64
    var isGone = false
  }

  /// Nanoseconds without a frame after which a camera counts as gone.
  private let silence: UInt64
  /// Nanoseconds between two notices of the same kind.
  private let pause: UInt64
  /// Whether cameras keep a pace, so that silence and full queues mean something.
  private let isPaced: Bool

  private var began: UInt64?
  private var voices: [Voice] = []
  private var toldDrops: [FrameDrop: Int] = [:]
  private var dropsToldAt: UInt64?
  private var toldSlow = 0
  private var slowToldAt: UInt64?
  /// Events on the log, and since when there are no more though some wait.
  private var logged = 0
  private var waitingSince: UInt64?
  private var fullSince: UInt64?
  private var isDegraded = false

  /// Nanoseconds in which the log takes no event, though some wait, before it counts as stuck.
  private static let logPatience: UInt64 = 5_000_000_000

  /// Since when the log takes no event, on the monotonic clock; `nil` while it is not stuck.
  package private(set) var logStuckSince: UInt64?

  /// - Parameter silence: nanoseconds; several times the time between two frames of a camera.
  package init(
    isPaced: Bool, silence: UInt64 = 5_000_000_000, pause: UInt64 = 10_000_000_000
  ) {
    self.isPaced = isPaced
    self.silence = silence
    self.pause = pause
  }

  /// What is new since the snapshot before. O(cameras and kinds of drops).
  package mutating func notices(_ now: PipelineSnapshot) -> [PipelineNotice] {
    guard let start = now.beganAt else { return [] }
    if began != start {
      self = SnapshotWatch(isPaced: isPaced, silence: silence, pause: pause)
      began = start
      voices = now.cameras.map { _ in Voice(heardAt: start) }
    }
    return cameras(now) + drops(now) + commits(now) + log(now) + load(now)
  }

  private mutating func cameras(_ now: PipelineSnapshot) -> [PipelineNotice] {
    guard isPaced, now.phase == .running else { return [] }
    var notices: [PipelineNotice] = []
    for (index, camera) in now.cameras.enumerated() {
      let entered = camera.frames.entered
      if entered > voices[index].entered {
        if voices[index].isGone {
          let seconds = (now.takenAt &- voices[index].heardAt) / 1_000_000_000
          notices.append(
            PipelineNotice(
              .notice, "camera-back", "\(camera.name) gives frames again, after \(seconds) s",
              ["camera": camera.name, "seconds": "\(seconds)"]))
        }
        voices[index] = Voice(entered: entered, heardAt: now.takenAt)
      } else if !voices[index].isGone, now.takenAt > voices[index].heardAt &+ silence,
        camera.expected.map({ entered + camera.frames.missing < $0 }) ?? true
      {
        voices[index].isGone = true
        let seconds = (now.takenAt &- voices[index].heardAt) / 1_000_000_000
        notices.append(
          PipelineNotice(
            .warning, "camera-gone", "\(camera.name) has given no frame for \(seconds) s",
            ["camera": camera.name, "seconds": "\(seconds)"]))
      }
    }
    return notices
  }

  /// One notice for each stage and reason, however many cameras lost frames, and not too often.
  private mutating func drops(_ now: PipelineSnapshot) -> [PipelineNotice] {
    guard now.drops != toldDrops, isTime(now, dropsToldAt) else { return [] }
    dropsToldAt = now.takenAt
    struct Kind: Hashable {
      let stage: Stage
      let reason: DropReason
    }
    var losses: [Kind: (count: Int, cameras: [String])] = [:]
    for (drop, count) in now.drops {
      let new = count - toldDrops[drop, default: 0]
      guard new > 0, now.cameras.indices.contains(drop.camera) else { continue }
      losses[Kind(stage: drop.stage, reason: drop.reason), default: (0, [])].count += new
      losses[Kind(stage: drop.stage, reason: drop.reason)]?.cameras.append(
        now.cameras[drop.camera].name)
    }
    toldDrops = now.drops
    return losses.sorted {
      ($0.key.stage.rawValue, $0.key.reason.rawValue)
        < ($1.key.stage.rawValue, $1.key.reason.rawValue)
    }.map { kind, loss in
      let whose = loss.cameras.count == 1 ? loss.cameras[0] : "\(loss.cameras.count) cameras"
      return PipelineNotice(
        .warning, "frames-dropped",
        "\(loss.count) frames of \(whose) dropped before \(kind.stage.rawValue): "
          + kind.reason.rawValue,
        [
          "camera": whose, "stage": kind.stage.rawValue, "reason": kind.reason.rawValue,
          "count": "\(loss.count)",
        ])
    }
  }

  private mutating func commits(_ now: PipelineSnapshot) -> [PipelineNotice] {
    let new = now.slowCommits - toldSlow
    guard new > 0, isTime(now, slowToldAt) else { return [] }
    toldSlow = now.slowCommits
    slowToldAt = now.takenAt
    let longest = now.longestCommit / 1_000_000
    return [
      PipelineNotice(
        .warning, "slow-commit",
        "\(new) commits to the bus took over a second; the longest so far \(longest) ms",
        ["count": "\(new)", "longest_ms": "\(longest)"])
    ]
  }

  /// A commit that does not end tells nothing: what is not told any more does.
  private mutating func log(_ now: PipelineSnapshot) -> [PipelineNotice] {
    let count = now.eventsDurable + now.eventsDuplicate
    defer { logged = count }
    if now.eventsWaiting == 0 || count != logged {
      waitingSince = now.eventsWaiting > 0 ? now.takenAt : nil
      guard let since = logStuckSince else { return [] }
      logStuckSince = nil
      let seconds = (now.takenAt &- since) / 1_000_000_000
      return [
        PipelineNotice(
          .notice, "log-back", "the log takes events again, after \(seconds) s",
          ["seconds": "\(seconds)"])
      ]
    }
    let since = waitingSince ?? now.takenAt
    waitingSince = since
    guard logStuckSince == nil, now.takenAt &- since >= Self.logPatience else { return [] }
    logStuckSince = since
    let seconds = (now.takenAt &- since) / 1_000_000_000
    return [
      PipelineNotice(
        .warning, "log-stuck",
        "the log has taken no event for \(seconds) s, and \(now.eventsWaiting) wait: is its disk slow?",
        ["seconds": "\(seconds)", "count": "\(now.eventsWaiting)"])
    ]
  }

  /// A first queue that stays nearly full: frames wait long, and will be dropped.
  private mutating func load(_ now: PipelineSnapshot) -> [PipelineNotice] {
    guard isPaced, let queue = now.queues.first, queue.limits.policy != .block else { return [] }
    let share = max(
      Double(queue.frames) / Double(queue.limits.elements),
      Double(queue.bytes) / Double(queue.limits.bytes))
    if share < 0.9 { fullSince = nil }
    if share >= 0.9, !isDegraded {
      let since = fullSince ?? now.takenAt
      fullSince = since
      guard now.takenAt &- since >= 3_000_000_000 else { return [] }
      isDegraded = true
      return [
        PipelineNotice(
          .warning, "degraded",
          "frames come faster than they are processed: the queue before \(queue.name) stays full",
          ["stage": queue.name, "frames": "\(queue.frames)"])
      ]
    }
    if share < 0.5, isDegraded {
      isDegraded = false
      return [
        PipelineNotice(
          .notice, "recovered", "the queue before \(queue.name) has room again",
          ["stage": queue.name, "frames": "\(queue.frames)"])
      ]
    }
    return []
  }

  private func isTime(_ now: PipelineSnapshot, _ last: UInt64?) -> Bool {
    last.map { now.takenAt &- $0 >= pause } ?? true
  }
}
