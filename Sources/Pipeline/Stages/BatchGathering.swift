// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Faces

/// When a batch of searches is closed: by size, after a time, and fairly among cameras.
package struct BatchLimits: Hashable, Sendable {
  /// Probes, or frames, that a batch holds; the last frame's faces may go over it.
  package var size: Int
  /// Nanoseconds that a batch which is not full waits for more; 0 to search what is there.
  package var wait: UInt64
  /// The same while the workers are behind: they will be some time over what waits for them, and a search of many
  /// takes little more than a search of one, which leaves more of the cores to what all are waiting for.
  package var backlogWait: UInt64
  /// Probes, or frames, of one camera in a batch while frames of others could be in it.
  package var perCamera: Int

  package init(
    size: Int = 64, wait: UInt64 = 0, backlogWait: UInt64 = 20_000_000, perCamera: Int = 16
  ) {
    precondition(size > 0 && perCamera > 0, "a batch holds something")
    self.size = size
    self.wait = wait
    self.backlogWait = backlogWait
    self.perCamera = perCamera
  }
}

/// Gathers frames into batches.
///
/// Frames of a camera beyond its share step aside while those of others are looked for; what room these
/// leave is filled from aside, so that fairness costs no throughput. At most a batch steps aside: with that
/// many the queue is left alone, so memory stays bounded. Frames of one camera keep their order.
package struct BatchGathering {
  private struct Aside {
    let frame: ProcessedFrame
    let weight: Int
    let since: UInt64
  }

  package let limits: BatchLimits
  private let isBehind: @Sendable () -> Bool
  private var frames: [ProcessedFrame] = []
  /// When each of these was gathered.
  private var since: [UInt64] = []
  private var weight = 0
  /// Weights in the batch, by camera.
  private var shares: [Int: Int] = [:]
  private var aside: [Aside] = []
  /// Frames aside, by camera.
  private var waiting: [Int: Int] = [:]

  /// `isBehind` tells whether more frames wait for the workers than they are about to take.
  package init(_ limits: BatchLimits, isBehind: @escaping @Sendable () -> Bool = { false }) {
    self.limits = limits
    self.isBehind = isBehind
  }

  package var asideCount: Int { aside.count }
  private var isFull: Bool { weight >= limits.size }

  /// Fills the batch, waiting for its first frame; false when the queue is finished and all has been given.
  ///
  /// - Throws: `CancellationError`.
  package mutating func gather(from input: BoundedQueue<ProcessedFrame>) async throws -> Bool {
    takeFromAside(fairly: true)
    if frames.isEmpty {
      guard let first = try await input.pop() else { return false }
      offer(first)
    }
    let began = Monotonic.now()
    var alarm = Alarm(input)
    defer { alarm.cancel() }
    while true {
      while !isFull, aside.count < limits.size, let next = input.tryPop() { offer(next) }
      takeFromAside(fairly: false)
      guard !isFull else { return true }
      let wait = isBehind() ? max(limits.wait, limits.backlogWait) : limits.wait
      let deadline = began.addingReportingOverflow(wait).partialValue
      guard wait > 0, Monotonic.now() < deadline else { return true }
      alarm.set(deadline)
      guard let next = try await input.pop(before: deadline) else { return true }
      offer(next)
    }
  }

  /// The batch, in the order in which it was gathered; what follows begins the next one.
  package mutating func take() -> [ProcessedFrame] {
    let now = Monotonic.now()
    for place in frames.indices { frames[place].times.queuedForMatch += now &- since[place] }
    defer {
      frames.removeAll()
      since.removeAll(keepingCapacity: true)
      shares.removeAll()
      weight = 0
    }
    return frames
  }

  /// Takes a frame into the batch, or puts it aside if its camera has its share.
  private mutating func offer(_ popped: BoundedQueue<ProcessedFrame>.Popped) {
    var frame = popped.element
    frame.times.queuedForMatch = popped.waited
    let camera = frame.ticket.camera
    let weight = max(1, frame.probes)
    if waiting[camera] != nil || shares[camera, default: 0] >= limits.perCamera {
      aside.append(Aside(frame: frame, weight: weight, since: Monotonic.now()))
      waiting[camera, default: 0] += 1
    } else {
      add(frame, weight)
    }
  }

  private mutating func add(_ frame: ProcessedFrame, _ weight: Int) {
    frames.append(frame)
    since.append(Monotonic.now())
    self.weight += weight
    shares[frame.ticket.camera, default: 0] += weight
  }

  /// O(frames aside).
  private mutating func takeFromAside(fairly: Bool) {
    guard !aside.isEmpty, !isFull else { return }
    let now = Monotonic.now()
    var left: [Aside] = []
    for held in aside {
      let camera = held.frame.ticket.camera
      if isFull || (fairly && shares[camera, default: 0] >= limits.perCamera) {
        left.append(held)
        continue
      }
      var frame = held.frame
      frame.times.queuedForMatch += now &- held.since
      add(frame, held.weight)
      waiting[camera] = waiting[camera].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
    aside = left
  }
}

/// Ends the waiting for a frame at a time, with one sleeping task for as long as that time is the same.
private struct Alarm {
  private let queue: BoundedQueue<ProcessedFrame>
  private var deadline: UInt64?
  private var task: Task<Void, any Error>?

  init(_ queue: BoundedQueue<ProcessedFrame>) { self.queue = queue }

  mutating func set(_ deadline: UInt64) {
    guard self.deadline != deadline else { return }
    cancel()
    self.deadline = deadline
    task = Task { [queue] in
      // Not by the clock that tasks sleep by: it may be a hair ahead.
      while case let now = Monotonic.now(), now < deadline {
        try await Task.sleep(for: .nanoseconds(deadline - now))
      }
      queue.expire()
    }
  }

  func cancel() { task?.cancel() }
}
