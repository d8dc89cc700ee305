// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Frames
import Pipeline
import Synchronization
import Testing

@Suite("Batches")
struct BatchGatheringTests {
  private func frame(_ camera: Int, _ order: Int) -> ProcessedFrame {
    let record = FrameSetManifest.Frame(
      camera: "cam-\(camera)", seq: order, capturedAt: 0, file: "f", bytes: 0,
      sha256: SHA256Digest(of: ""), boxes: [])
    return ProcessedFrame(
      ticket: FrameTicket(
        frame: record, camera: camera, lane: camera, order: order, capturedAt: 0, admittedAt: 0),
      outcome: .decoded(width: 1, height: 1, warning: nil))
  }

  private func queue(_ cameras: [Int]) async throws -> BoundedQueue<ProcessedFrame> {
    let queue = BoundedQueue<ProcessedFrame>(capacity: max(1, cameras.count))
    var orders: [Int: Int] = [:]
    for camera in cameras {
      try await queue.push(frame(camera, orders[camera, default: 0]))
      orders[camera, default: 0] += 1
    }
    return queue
  }

  @Test(
    "Whatever comes, every frame leaves once, a camera's in their order, in batches of the size")
  func conserved() async throws {
    for _ in 0..<200 {
      let cameras = (0..<Int.random(in: 0...120)).map { _ in min(.random(in: 0...9), 5) }
      let limits = BatchLimits(size: .random(in: 1...20), perCamera: .random(in: 1...20))
      let queue = try await queue(cameras)
      queue.finish()
      var gathering = BatchGathering(limits)
      var seen: [Int: [Int]] = [:]
      var batches = 0
      while try await gathering.gather(from: queue) {
        let batch = gathering.take()
        batches += 1
        #expect((1...limits.size).contains(batch.count))
        #expect(gathering.asideCount <= limits.size)
        for frame in batch { seen[frame.ticket.camera, default: []].append(frame.ticket.order) }
      }
      for camera in Set(cameras) {
        #expect(seen[camera] == Array(0..<cameras.count { $0 == camera }))
      }
      // Fairness leaves no room unused: there are no more batches than sizes ask for.
      #expect(batches == (cameras.count + limits.size - 1) / limits.size)
    }
  }

  @Test("One camera that floods the queue keeps no other from the next batch")
  func fair() async throws {
    // Forty frames of one camera before one of each of five others.
    let queue = try await queue([Int](repeating: 0, count: 40) + [1, 2, 3, 4, 5])
    var gathering = BatchGathering(BatchLimits(size: 48, perCamera: 8))
    #expect(try await gathering.gather(from: queue))
    let batch = gathering.take().map(\.ticket.camera)
    #expect(Set(batch) == [0, 1, 2, 3, 4, 5])
    #expect(batch.prefix(13).count { $0 == 0 } == 8)
  }

  @Test("Against a flood that never ends, another camera's frame is in the batch after it came")
  func starvation() async throws {
    let queue = BoundedQueue<ProcessedFrame>(capacity: 16)
    var gathering = BatchGathering(BatchLimits(size: 16, perCamera: 4))
    var flood = 0
    for round in 0..<50 {
      while queue.count < 8 {
        try await queue.push(frame(0, flood))
        flood += 1
      }
      try await queue.push(frame(1, round))
      #expect(try await gathering.gather(from: queue))
      let batch = gathering.take()
      #expect(batch.contains { $0.ticket.camera == 1 && $0.ticket.order == round }, "\(round)")
    }
  }

  @Test("A batch waits for as long as it is told, and for no longer than it takes to be full")
  func waits() async throws {
    let queue = BoundedQueue<ProcessedFrame>(capacity: 16)
    // An hour: only a full batch ends it.
    let limits = BatchLimits(size: 3, wait: 3_600_000_000_000, perCamera: 1)
    let gathered = Task { () -> [Int] in
      var gathering = BatchGathering(limits)
      _ = try await gathering.gather(from: queue)
      return gathering.take().map(\.ticket.order)
    }
    for order in 0..<3 {
      while queue.waiting.consumers == 0 { await Task.yield() }
      try await queue.push(frame(0, order))
    }
    #expect(try await gathered.value == [0, 1, 2])

    // A short wait ends with what there is, and the frame after it is not lost.
    var gathering = BatchGathering(BatchLimits(size: 3, wait: 1_000_000))
    try await queue.push(frame(0, 3))
    #expect(try await gathering.gather(from: queue))
    #expect(gathering.take().map(\.ticket.order) == [3])
    try await queue.push(frame(0, 4))
    queue.finish()
    #expect(try await gathering.gather(from: queue))
    #expect(gathering.take().map(\.ticket.order) == [4])
    #expect(try await !gathering.gather(from: queue))
  }

  @Test("While the workers are behind a batch waits for more, and no longer than they are")
  func behind() async throws {
    let queue = BoundedQueue<ProcessedFrame>(capacity: 16)
    let isBehind = Flag(true)
    // An hour: only a full batch ends it, or workers that have nothing more to do.
    let limits = BatchLimits(size: 4, backlogWait: 3_600_000_000_000)
    let gathered = Task { () -> [[Int]] in
      var gathering = BatchGathering(limits) { isBehind.value }
      var batches: [[Int]] = []
      while try await gathering.gather(from: queue) {
        batches.append(gathering.take().map(\.ticket.order))
      }
      return batches
    }
    func push(_ order: Int) async throws {
      while queue.waiting.consumers == 0 { await Task.yield() }
      try await queue.push(frame(0, order))
    }
    for order in 0..<6 { try await push(order) }
    while queue.waiting.consumers == 0 { await Task.yield() }
    isBehind.value = false
    for order in 6..<9 { try await push(order) }
    while queue.waiting.consumers == 0 { await Task.yield() }
    queue.finish()
    // The first is full; the second ends with the frame that comes when nothing waits any more.
    #expect(try await gathered.value == [[0, 1, 2, 3], [4, 5, 6], [7], [8]])
  }

  @Test("A batch ends in time where the workers are behind but give nothing")
  func stalled() async throws {
    let queue = BoundedQueue<ProcessedFrame>(capacity: 4)
    var gathering = BatchGathering(BatchLimits(size: 4, backlogWait: 5_000_000)) { true }
    for order in 0..<20 {
      try await queue.push(frame(0, order))
      let start = Monotonic.now()
      #expect(try await gathering.gather(from: queue))
      #expect(Monotonic.now() - start >= 5_000_000)
      let batch = gathering.take()
      #expect(batch.map(\.ticket.order) == [order])
      // The time in which it was gathered is time that the frame waited.
      #expect(batch.allSatisfy { $0.times.queuedForMatch >= 5_000_000 })
    }
  }

  @Test("No frame is lost where the time to wait runs out as it comes")
  func race() async throws {
    let queue = BoundedQueue<ProcessedFrame>(capacity: 4)
    let count = 2_000
    let source = Task {
      for order in 0..<count {
        try await queue.push(frame(order % 3, order))
        if order % 7 == 0 { try await Task.sleep(for: .microseconds(.random(in: 0...60))) }
      }
      queue.finish()
    }
    var gathering = BatchGathering(BatchLimits(size: 8, wait: 30_000, perCamera: 2))
    var seen: Set<Int> = []
    var total = 0
    while try await gathering.gather(from: queue) {
      for frame in gathering.take() {
        seen.insert(frame.ticket.order)
        total += 1
      }
    }
    try await source.value
    #expect(total == count && seen.count == count)
  }
}

/// Something that is so or not, for any number of tasks.
private final class Flag: Sendable {
  private let state: Mutex<Bool>

  init(_ value: Bool) { state = Mutex(value) }

  var value: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
