// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Dispatch
internal import FoundationEssentials
internal import Logs
internal import Pipeline
internal import Reports
internal import Synchronization
internal import Telemetry

/// Watches a running pipeline for its user: log lines, a live view or lines of progress, and metrics.
///
/// It looks at snapshots from a thread of its own; the pipeline does not know of it.
final class Observatory: Sendable {
  struct Settings: Sendable {
    /// What runs, for the head of the live view.
    var title: String
    /// Whether frames keep a pace, so that silence means something.
    var isPaced: Bool
    /// Seconds without a frame after which a camera is missed.
    var silence = 5.0
    /// Whether overload is what is looked for, and no news.
    var isBench = false
  }

  private struct State {
    var status: String?
    /// When what is going on will be over, on the monotonic clock.
    var endsAt: UInt64?
    var watch: SnapshotWatch
    /// Looks at the pipeline in the last seconds, the oldest first.
    var looks: [(snapshot: PipelineSnapshot, process: ProcessFacts)] = []
    var outbox: Outbox?
  }

  /// Another bus that events are forwarded to.
  struct Outbox: Sendable {
    /// Events that waited when it began.
    var atStart = 0
    var forwarded = 0
    /// Since when it is away, on the monotonic clock.
    var awaySince: UInt64?
  }

  let monitor = PipelineMonitor()
  /// Whether there is a live view; else progress is told in lines.
  let isLive: Bool
  /// Whether progress is told in lines; neither beside a live view nor among lines of JSON.
  let tellsProgress: Bool
  private let settings: Settings
  private let log: EventLog
  private let format: LogFormat
  private let screen: LiveScreen?
  private let state: Mutex<State>
  private let server = Mutex<HTTPServer?>(nil)
  private let stopped = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let isRunning = Mutex(false)

  init(_ options: ObservationOptions, _ settings: Settings) {
    self.settings = settings
    format = options.logFormat
    log = EventLog(options.logLevel, format: options.logFormat) { Console.note($0) }
    let environment = ProcessInfo.processInfo.environment
    let hasColor = environment["NO_COLOR"].map(\.isEmpty) ?? true
    // Whoever wants JSON on standard error wants nothing else there.
    isLive =
      !options.noLive && options.logFormat == .text && LiveScreen.isAvailable(environment)
    tellsProgress = !isLive && options.logFormat == .text
    screen = isLive ? LiveScreen(hasColor: hasColor) : nil
    state = Mutex(
      State(
        watch: SnapshotWatch(
          isPaced: settings.isPaced, silence: UInt64(settings.silence * 1e9))))
  }

  /// Begins to watch, and opens the port for metrics if one was named.
  ///
  /// - Throws: `TelemetryError` where it is taken.
  func start(metrics address: LoopbackAddress?) throws {
    if let address {
      let opened = try HTTPServer(on: address) { [weak self] in self?.response(to: $0) }
      server.withLock { $0 = opened }
      say(.notice, "metrics", "metrics at http://\(opened.address)/metrics")
    }
    isRunning.withLock { $0 = true }
    if let screen { Console.show(on: screen) }
    DispatchQueue(label: "sightline.watch").async { [self] in
      var round = 0
      while stopped.wait(timeout: .now() + .milliseconds(isLive ? 250 : 1_000)) == .timedOut {
        // Stages once a second, the rest at every look: their histograms are what costs.
        look(draws: isLive, isFull: !isLive || round % 4 == 0)
        round += 1
      }
      ended.signal()
    }
  }

  /// Takes the picture away and closes the port. May be called again.
  func finish() {
    let wasRunning = isRunning.withLock { running in
      defer { running = false }
      return running
    }
    guard wasRunning else { return }
    stopped.signal()
    ended.wait()
    watch(monitor.snapshot(withStages: false))
    screen?.finish()
    Console.show(on: nil)
    server.withLock { server in
      server?.stop()
      server = nil
    }
  }

  // MARK: - What is told

  /// Tells users what they are told without asking: in words, or as JSON if they want that.
  func say(
    _ level: LogLevel, _ code: String, _ message: String,
    _ details: [(key: String, value: String)] = []
  ) {
    if format == .json { return log.tell(level, code, message, details) }
    Console.note(message)
  }

  func tell(
    _ level: LogLevel, _ code: String, _ message: String,
    _ details: [(key: String, value: String)] = []
  ) {
    log.tell(level, code, message, details)
  }

  /// What goes on, and until when, where that is known.
  func status(_ text: String?, secondsLeft: Double? = nil) {
    state.withLock { state in
      state.status = text
      state.endsAt = secondsLeft.map { Monotonic.now() &+ UInt64(max(0, $0) * 1e9) }
    }
  }

  func outbox(_ change: (inout Outbox) -> Void) {
    state.withLock { state in
      var outbox = state.outbox ?? Outbox()
      change(&outbox)
      state.outbox = outbox
    }
  }

  // MARK: - Looking

  private func look(draws: Bool, isFull: Bool) {
    var snapshot = monitor.snapshot(withStages: draws && isFull)
    if isFull { watch(snapshot) }
    guard draws, let screen else { return }
    let process = ProcessFacts.now
    let frame = state.withLock { state in
      if !isFull, let last = state.looks.last { snapshot.reuseStages(of: last.snapshot) }
      state.looks.append((snapshot, process))
      // Rates are of the last three seconds or so.
      if state.looks.count > 12 { state.looks.removeFirst() }
      let before = state.looks.first { $0.snapshot.beganAt == snapshot.beganAt }
      let isFirst = before?.snapshot.takenAt == snapshot.takenAt
      var frame = LiveFrame(
        title: settings.title, now: snapshot, before: isFirst ? nil : before?.snapshot)
      frame.status = state.status
      frame.secondsLeft = state.endsAt.map {
        $0 > snapshot.takenAt ? Double($0 - snapshot.takenAt) / 1e9 : 0
      }
      frame.process = process
      frame.processBefore = isFirst ? nil : before?.process
      return frame
    }
    screen.draw(frame)
  }

  private func watch(_ snapshot: PipelineSnapshot) {
    let notices = state.withLock { $0.watch.notices(snapshot) }
    for notice in notices {
      var level = LogLevel(rawValue: notice.level.rawValue) ?? .notice
      if settings.isBench { level = .info }
      log.tell(
        level, notice.code, notice.message, notice.details.map { ($0.key, $0.value) })
    }
  }

  // MARK: - Metrics

  private func response(to path: String) -> HTTPResponse? {
    switch path {
    case "/metrics":
      let snapshot = monitor.snapshot()
      return HTTPResponse(
        status: 200, contentType: Exposition.contentType,
        body: MetricsPage.text(snapshot, process: .now, forwarding: forwarding(snapshot)))
    case "/healthz": return HTTPResponse(status: 200, body: "ok\n")
    case "/readyz":
      let snapshot = monitor.snapshot(withStages: false)
      let stuck = state.withLock { $0.watch.logStuckSince }
      let readiness = Readiness(
        snapshot.phase, stuckSeconds: stuck.map { Self.seconds(since: $0) },
        forwarding: forwarding(snapshot))
      return HTTPResponse(status: readiness.isReady ? 200 : 503, body: readiness.text)
    default: return nil
    }
  }

  /// How another bus is doing; `nil` where events are forwarded to none.
  private func forwarding(_ snapshot: PipelineSnapshot) -> ForwardingFacts? {
    state.withLock { $0.outbox }.map { outbox in
      ForwardingFacts(
        waiting: max(0, outbox.atStart + snapshot.eventsDurable - outbox.forwarded),
        awaySeconds: outbox.awaySince.map { Self.seconds(since: $0) })
    }
  }

  private static func seconds(since time: UInt64) -> Double {
    let now = Monotonic.now()
    return now > time ? Double(now - time) / 1e9 : 0
  }
}
