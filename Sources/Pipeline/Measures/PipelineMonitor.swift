// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Synchronization

/// Lets others look at a pipeline while it works. The stages do not know of it; what they count anyway is
/// read here, when somebody asks.
package final class PipelineMonitor: Sendable {
  /// The parts of a running line that may be read from outside.
  struct Line: Sendable {
    let names: [String]
    var expected: [Int]?
    var expectedFrames: Int?
    var resumedAfterFrames = 0
    var plannedSeconds: Double?
    let beganAt: UInt64
    let workers: Int
    let book: FrameBook
    let decode: BoundedQueue<FrameTicket>
    let match: BoundedQueue<ProcessedFrame>
    let track: BoundedQueue<ProcessedFrame>
    let window: FlightWindow
    let recorders: [MeasureRecorder]
    let latency: EventLatency
    let board: LiveBoard
  }

  private struct State {
    var line: Line?
    var stop: StopSignal?
    var isEnded = false
  }

  private let state = Mutex(State())

  package init() {}

  /// A line begins; its counts take the place of those before.
  func began(_ line: Line) {
    state.withLock { state in
      state.line = line
      state.isEnded = false
    }
  }

  func heeds(_ stop: StopSignal) { state.withLock { $0.stop = stop } }

  package func ended() { state.withLock { $0.isEnded = true } }

  /// What there is to see now.
  ///
  /// O(cameras), and O(size of the histograms) with stages: a few milliseconds of the caller's time, none of
  /// the stages'.
  package func snapshot(withStages: Bool = true) -> PipelineSnapshot {
    let (line, stop, isEnded) = state.withLock { ($0.line, $0.stop, $0.isEnded) }
    var snapshot = PipelineSnapshot()
    snapshot.takenAt = Monotonic.now()
    snapshot.phase =
      isEnded ? .ended : stop?.isRaised == true ? .stopping : line == nil ? .opening : .running
    if let line { snapshot.read(line, withStages: withStages) }
    return snapshot
  }
}

extension PipelineSnapshot {
  fileprivate mutating func read(_ line: PipelineMonitor.Line, withStages: Bool) {
    beganAt = line.beganAt
    workers = line.workers
    expectedFrames = line.expectedFrames
    resumedAfterFrames = line.resumedAfterFrames
    plannedSeconds = line.plannedSeconds
    let board = line.board.read()
    let book = line.book.reading
    drops = book.drops
    cameras = line.names.indices.map { camera in
      Camera(
        name: line.names[camera], frames: book.cameras[camera],
        expected: line.expected.map { $0[camera] },
        p99MS: withStages ? board.latencies.milliseconds(0.99, camera: camera) : nil)
    }
    queues = [
      Self.queue("read", line.decode), Self.queue("match", line.match),
      Self.queue("track", line.track),
    ]
    keptBytes = line.window.held.bytes
    keptLimitBytes = line.window.limits.bytes
    faces = board.faces
    searches = board.searches
    candidatesOverThreshold = board.overThreshold
    (opened, updated, closed) = (board.opened, board.updated, board.closed)
    recent = board.recent
    let events = line.latency.read()
    eventsDurable = events.appended
    eventsDuplicate = events.duplicates
    eventsWaiting = max(0, board.caused - events.latency.count)
    slowCommits = events.slowCommits
    longestCommit = events.longestCommit
    guard withStages else { return }
    measuredAt = Monotonic.now()
    eventLatency = events.latency
    measures.add(events.measures)
    for recorder in line.recorders { measures.add(recorder.read()) }
  }

  private static func queue<Element>(_ name: String, _ queue: BoundedQueue<Element>) -> Queue {
    let (held, most) = (queue.held, queue.most)
    return Queue(
      name: name, frames: held.elements, bytes: held.bytes, limits: queue.limits,
      mostFrames: most.elements, mostBytes: most.bytes)
  }
}

/// A monitor, and what is known of a line before it begins.
struct LineMonitor: Sendable {
  let monitor: PipelineMonitor
  /// Frames that each camera is to give.
  var expected: [Int]? = nil
  var resumedAfterFrames = 0
  /// In which they are to come.
  var plannedSeconds: Double? = nil

  func began(_ line: PipelineMonitor.Line) {
    var line = line
    line.expected = expected
    line.expectedFrames = expected?.reduce(0, +)
    line.resumedAfterFrames = resumedAfterFrames
    line.plannedSeconds = plannedSeconds
    monitor.began(line)
  }
}
