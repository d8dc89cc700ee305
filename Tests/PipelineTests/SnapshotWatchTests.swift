// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("What is worth a line")
struct SnapshotWatchTests {
  private let second: UInt64 = 1_000_000_000

  /// Two paced cameras after so many seconds, with these frames and drops.
  private func snapshot(
    _ seconds: Int, _ entered: [Int], drops: [FrameDrop: Int] = [:], queued: Int = 0
  ) -> PipelineSnapshot {
    var snapshot = PipelineSnapshot()
    snapshot.phase = .running
    snapshot.beganAt = 7
    snapshot.takenAt = 7 + UInt64(seconds) * second
    snapshot.cameras = entered.enumerated().map { index, count in
      var frames = FrameAccount()
      frames.entered = count
      return .init(name: "cam-\(index)", frames: frames, expected: 100)
    }
    snapshot.drops = drops
    snapshot.queues = [
      .init(
        name: "decode", frames: queued, bytes: 0,
        limits: QueueLimits(elements: 10, policy: .dropOldest))
    ]
    return snapshot
  }

  private func codes(_ watch: inout SnapshotWatch, _ snapshot: PipelineSnapshot) -> [String] {
    watch.notices(snapshot).map(\.code)
  }

  @Test("A camera that falls silent is missed once, and welcomed back once")
  func silence() {
    var watch = SnapshotWatch(isPaced: true)
    #expect(codes(&watch, snapshot(1, [5, 5])) == [])
    for time in 2...6 { #expect(codes(&watch, snapshot(time, [5 * time, 5])) == []) }
    let gone = watch.notices(snapshot(7, [35, 5]))
    #expect(gone.map(\.code) == ["camera-gone"] && gone[0].level == .warning)
    #expect(gone[0].details.contains { $0.key == "camera" && $0.value == "cam-1" })
    #expect(codes(&watch, snapshot(8, [40, 5])) == [])
    let back = watch.notices(snapshot(9, [45, 6]))
    #expect(back.map(\.code) == ["camera-back"] && back[0].message.contains("after 8 s"))
    #expect(codes(&watch, snapshot(10, [50, 7])) == [])
  }

  @Test("A feed that has ended is not missed, nor anything where nobody keeps a pace")
  func ended() {
    var watch = SnapshotWatch(isPaced: true)
    #expect(codes(&watch, snapshot(1, [100, 99])) == [])
    #expect(codes(&watch, snapshot(20, [100, 99])) == ["camera-gone"])
    var free = SnapshotWatch(isPaced: false)
    #expect(codes(&free, snapshot(1, [1, 1])) == [])
    #expect(codes(&free, snapshot(20, [1, 1], queued: 10)) == [])
  }

  @Test("Drops are told summed up, at most every ten seconds, and each once")
  func drops() {
    var watch = SnapshotWatch(isPaced: false)
    let full = FrameDrop(camera: 0, stage: .read, reason: .queueFull)
    let other = FrameDrop(camera: 1, stage: .read, reason: .queueFull)
    let old = FrameDrop(camera: 1, stage: .read, reason: .tooOld)
    let first = watch.notices(snapshot(1, [9, 9], drops: [full: 2]))
    #expect(first.map(\.message) == ["2 frames of cam-0 dropped before read: queue-full"])
    for time in 2...10 {
      #expect(codes(&watch, snapshot(time, [9, 9], drops: [full: 2 + time, other: 1])) == [])
    }
    let next = watch.notices(snapshot(11, [9, 9], drops: [full: 12, other: 3, old: 4]))
    #expect(
      next.map(\.message) == [
        "13 frames of 2 cameras dropped before read: queue-full",
        "4 frames of cam-1 dropped before read: too-old",
      ])
    #expect(codes(&watch, snapshot(30, [9, 9], drops: [full: 12, other: 3, old: 4])) == [])
  }

  @Test("A queue that stays full is degraded, until it has room again")
  func degraded() {
    var watch = SnapshotWatch(isPaced: true)
    #expect(codes(&watch, snapshot(1, [1, 1], queued: 10)) == [])
    #expect(codes(&watch, snapshot(2, [2, 2], queued: 3)) == [])
    for time in 3...5 { #expect(codes(&watch, snapshot(time, [time, time], queued: 9)) == []) }
    #expect(codes(&watch, snapshot(6, [6, 6], queued: 9)) == ["degraded"])
    #expect(codes(&watch, snapshot(7, [7, 7], queued: 8)) == [])
    #expect(codes(&watch, snapshot(8, [8, 8], queued: 2)) == ["recovered"])
  }

  @Test("A log that takes no event though some wait is stuck, until it takes one or none waits")
  func stuck() {
    var watch = SnapshotWatch(isPaced: false)
    func look(_ seconds: Int, durable: Int, waiting: Int) -> [String] {
      var now = snapshot(seconds, [1, 1])
      (now.eventsDurable, now.eventsWaiting) = (durable, waiting)
      return codes(&watch, now)
    }
    // Nothing waits; then some do, and others are taken meanwhile.
    for time in 0..<10 { #expect(look(time, durable: 0, waiting: 0) == []) }
    for time in 10..<20 { #expect(look(time, durable: time / 3, waiting: 2) == []) }
    #expect(watch.logStuckSince == nil)
    for time in 20..<23 { #expect(look(time, durable: 6, waiting: time) == []) }
    #expect(look(23, durable: 6, waiting: 30) == ["log-stuck"])
    #expect(watch.logStuckSince == 7 + 18 * second)
    #expect(look(30, durable: 6, waiting: 30) == [])
    #expect(look(31, durable: 7, waiting: 30) == ["log-back"])
    #expect(watch.logStuckSince == nil)
    #expect(look(36, durable: 7, waiting: 30) == ["log-stuck"])
    #expect(look(37, durable: 7, waiting: 0) == ["log-back"])
  }

  @Test("Slow commits are counted, and another run begins anew")
  func commits() {
    var watch = SnapshotWatch(isPaced: false)
    var now = snapshot(1, [1, 1])
    now.slowCommits = 2
    now.longestCommit = 1_500_000_000
    #expect(watch.notices(now).map(\.code) == ["slow-commit"])
    now.takenAt += 20 * second
    #expect(watch.notices(now) == [])
    now.beganAt = 8
    #expect(watch.notices(now).map(\.code) == ["slow-commit"])
  }
}
