// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching

/// The scenarios without arrivals: the next search begins when the last has ended.
///
/// Matchers and limits are measured in turn (A B C A B C ...), so that what else the machine does meets
/// all of them. One search each for warming up is not counted.
struct ClosedLoop {
  /// Probes from which sgemm has reached its peak, which says whether a shape is bound by arithmetic.
  static let peakBatch = 256
  /// Different batches that a row's searches take in turn.
  private static let windows = 64

  private let setting: MatchBench.Setting
  private var plan: MatchPlan { setting.plan }

  init(_ setting: MatchBench.Setting) { self.setting = setting }

  /// Measures every shape into `result`; cancelled, it keeps the whole rounds it has.
  func run(into result: inout MatchResult) async throws {
    let shapes = plan.threads.flatMap { threads in plan.batches.map { (threads, $0) } }
    var peaks: [Int: Double] = [:]
    for (index, (threads, batch)) in shapes.enumerated() {
      do {
        if peaks[threads] == nil { peaks[threads] = try await peak(threads) }
        var shape = try await Shape(setting, threads: threads, batch: batch)
        do {
          for round in 0..<plan.rounds {
            try await shape.round(setting)
            setting.observer(
              .rounds(done: index * plan.rounds + round + 1, total: shapes.count * plan.rounds))
          }
        } catch let error as CancellationError {
          result.rows += shape.rows(setting, peak: peaks[threads] ?? .infinity)
          throw error
        }
        result.rows += shape.rows(setting, peak: peaks[threads] ?? .infinity)
      } catch is CancellationError {
        result.interrupted = true
        return
      }
    }
  }

  /// sgemm's best rate in GFLOP/s; infinite where no matcher is held against it.
  private func peak(_ threads: Int) async throws -> Double {
    guard setting.contenders.contains(where: { $0.kind.isProduct }) else { return .infinity }
    let product = ProductLimit(
      setting.limits, probes: Self.peakBatch, rows: min(setting.size, 1 << 17),
      dimension: setting.dimension)
    let way = try await product.fastestWay(threads: threads, limit: 1 << 15)
    var times: [Double] = []
    for _ in 0..<3 {
      let start = Usage.wallNow
      try await product.multiply(way, threads: threads)
      times.append(Double(Usage.wallNow - start))
    }
    return product.operations / (times.median ?? .infinity)
  }

  /// Batches of one size, made before time is taken, with the numbers of their first probes.
  static func windows(
    _ pool: ProbePool, batch: Int
  ) throws -> [(first: Int, probes: ProbeBatch)] {
    let count = min(Self.windows, max(1, (pool.count + batch - 1) / batch))
    return try (0..<count).map {
      let first = $0 * batch % pool.count
      return (first, try pool.batch(from: first, count: batch))
    }
  }
}

/// One batch size at one number of threads: all matchers and their limits.
private struct Shape {
  /// What is measured in turn, and its times.
  private struct Lane {
    let matcher: any Matcher
    var repeats = 1
    var next = 0
    var differing = 0
    /// By round, by search.
    var times: [[Usage]] = []
  }

  private let threads: Int
  private let batch: Int
  private let windows: [(first: Int, probes: ProbeBatch)]
  private var lanes: [Lane] = []
  /// Bytes read, and the nanoseconds of each round's reads together.
  private var streams: [(bytes: Int, repeats: Int, times: [Usage])] = []
  private var product: (limit: ProductLimit, way: ProductLimit.Way, repeats: Int)?
  private var productTimes: [Usage] = []

  /// Warms everything up and sees how often each fits in a round.
  init(_ setting: MatchBench.Setting, threads: Int, batch: Int) async throws {
    self.threads = threads
    self.batch = batch
    windows = try ClosedLoop.windows(setting.pool, batch: batch)
    let slice = setting.plan.seconds / Double(setting.plan.rounds) * 1e9
    func repeats(_ once: Double, _ slice: Double) -> Int {
      max(1, min(1_000_000, Int((slice / max(once, 1)).rounded(.up))))
    }
    for contender in setting.contenders {
      lanes.append(Lane(matcher: contender.make(threads)))
      let warm = try await search(lanes.count - 1, setting)
      let once = try await search(lanes.count - 1, setting)
      lanes[lanes.count - 1].repeats = repeats(Double(min(warm.wall, once.wall)), slice)
      let bytes = min(contender.bytesPerTemplate * setting.size, setting.limits.byteCount)
      if !streams.contains(where: { $0.bytes == bytes }) {
        try await setting.limits.read(bytes, threads: threads)
        let start = Usage.wallNow
        try await setting.limits.read(bytes, threads: threads)
        // Limits need less time than matchers: they do one thing.
        streams.append(
          (bytes, repeats(Double(Usage.wallNow - start), min(slice, 2.5e8)), []))
      }
    }
    if setting.contenders.contains(where: { $0.kind.isProduct }) {
      let limit = ProductLimit(
        setting.limits, probes: batch, rows: setting.size, dimension: setting.dimension)
      let way = try await limit.fastestWay(threads: threads, limit: 1 << 15)
      let start = Usage.wallNow
      try await limit.multiply(way, threads: threads)
      product = (limit, way, repeats(Double(Usage.wallNow - start), min(slice, 2.5e8)))
    }
  }

  /// One search of the next batch; its lists are compared off the clock.
  private mutating func search(_ lane: Int, _ setting: MatchBench.Setting) async throws -> Usage {
    let window = windows[lanes[lane].next % windows.count]
    lanes[lane].next += 1
    let start = Usage.now
    let found = try await lanes[lane].matcher.search(
      window.probes, k: setting.plan.candidates, deadline: nil)
    let time = Usage.now - start
    let judged = setting.contenders[lane].lists
    let same = (0..<batch).allSatisfy { found[$0] == judged[(window.first + $0) % judged.count] }
    if !same { lanes[lane].differing += 1 }
    return time
  }

  /// Everything once more; nothing of a round that is cancelled is kept.
  mutating func round(_ setting: MatchBench.Setting) async throws {
    var times: [[Usage]] = []
    for lane in lanes.indices {
      var own: [Usage] = []
      for _ in 0..<lanes[lane].repeats { own.append(try await search(lane, setting)) }
      times.append(own)
    }
    var streamTimes: [Usage] = []
    for stream in streams {
      let start = Usage.now
      for _ in 0..<stream.repeats { try await setting.limits.read(stream.bytes, threads: threads) }
      streamTimes.append(Usage.now - start)
    }
    var productTime: Usage?
    if let product {
      let start = Usage.now
      for _ in 0..<product.repeats {
        try await product.limit.multiply(product.way, threads: threads)
      }
      productTime = Usage.now - start
    }
    for lane in lanes.indices { lanes[lane].times.append(times[lane]) }
    for stream in streams.indices { streams[stream].times.append(streamTimes[stream]) }
    if let productTime { productTimes.append(productTime) }
  }

  /// The rows of the rounds so far; none without a round.
  func rows(_ setting: MatchBench.Setting, peak: Double) -> [MatchRow] {
    zip(lanes, setting.contenders).compactMap { lane, contender in
      guard !lane.times.isEmpty else { return nil }
      let bytes = bytesRead(contender, setting)
      let stream = streams.first {
        $0.bytes == min(contender.bytesPerTemplate * setting.size, setting.limits.byteCount)
      }
      var limits = MatchLimits(streamGigabytesPerSecond: 0, streamGigabytesPerCPUSecond: 0)
      if let stream, let time = medians(stream.times) {
        let read = Double(stream.bytes * stream.repeats)
        limits = MatchLimits(
          streamGigabytesPerSecond: read / time.wall, streamGigabytesPerCPUSecond: read / time.cpu)
      }
      var bound = MatchRow.Bound.stream
      let speed = speed(lane, contender, setting)
      if contender.kind.isProduct, let product, let time = medians(productTimes) {
        let operations = product.limit.operations * Double(product.repeats)
        limits.sgemmGigaflops = operations / time.wall
        limits.sgemmGigaflopsPerCPUSecond = operations / time.cpu
        limits.sgemmPiece = product.way.piece
        let flops = 2 * Double(setting.size) * Double(batch) * Double(setting.dimension)
        // A product of bytes has another peak than sgemm's, which says nothing of what keeps it.
        if contender.kind == .exact, flops / peak > bytes / limits.streamGigabytesPerSecond {
          bound = .sgemm
        }
      }
      return MatchRow(
        matcher: contender.kind, threads: threads, batch: batch,
        bytesPerTemplate: contender.bytesPerTemplate, speed: speed,
        agreement: contender.agreement, limits: limits, bound: bound, differing: lane.differing)
    }
  }

  /// Bytes of templates that a search of `batch` probes reads, in all its passes.
  private func bytesRead(
    _ contender: MatchBench.Contender, _ setting: MatchBench.Setting
  ) -> Double {
    let each = contender.kind.probesPerPass
    return Double(contender.bytesPerTemplate * setting.size * ((batch + each - 1) / each))
  }

  /// Medians of wall and of CPU time, in nanoseconds; never 0, so that they can be divided by.
  private func medians(_ times: [Usage]) -> (wall: Double, cpu: Double)? {
    guard let wall = times.map({ Double($0.wall) }).median,
      let cpu = times.map({ Double($0.cpu) }).median
    else { return nil }
    return (max(wall, 1), max(cpu, 1))
  }

  private func speed(
    _ lane: Lane, _ contender: MatchBench.Contender, _ setting: MatchBench.Setting
  ) -> MatchSpeed {
    // Mean of a round's searches, then the median of the rounds.
    let wall = lane.times.map { $0.reduce(0.0) { $0 + Double($1.wall) } / Double($0.count) }.median
    let cpu = lane.times.map { $0.reduce(0.0) { $0 + Double($1.cpu) } / Double($0.count) }.median
    let (wallEach, cpuEach) = (wall ?? 0, cpu ?? 0)
    let latencies = lane.times.joined().map(\.wall).sorted()
    let pairs = Double(setting.size) * Double(batch)
    return MatchSpeed(
      rounds: lane.times.count, searches: latencies.count,
      probesPerSecond: Double(batch) / wallEach * 1e9,
      p50MS: Double(percentile(0.5, of: latencies)) / 1e6,
      p90MS: Double(percentile(0.9, of: latencies)) / 1e6,
      p99MS: Double(percentile(0.99, of: latencies)) / 1e6,
      p999MS: Double(percentile(0.999, of: latencies)) / 1e6,
      provenP99MS: EarlyStopping(percentile: 0.99).estimate(latencies).map { Double($0) / 1e6 },
      nsPerTemplateProbe: wallEach / pairs, cpuNSPerTemplateProbe: max(cpuEach, 1) / pairs,
      gigabytesPerSecond: bytesRead(contender, setting) / wallEach,
      gigaflops: contender.kind.isProduct
        ? 2 * pairs * Double(setting.dimension) / wallEach : nil)
  }
}
