// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Faces
import Files
import Foundation
import Frames
import Galleries
import Pipeline
import Population
import Sensors
import Sweeps
import SystemPackage
import Testing

/// A folder that is removed, with all in it, when this object goes.
final class TemporaryFolder {
  let path: FilePath

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "sightline-sweep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = FilePath(url.path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path.pushing(FilePath(folder)).string)
      .filter { $0 != ".lock" }.sorted()
  }
}

/// Sweeps small enough for tests: two passes before one small camera or so.
enum SmallSweep {
  static let population = Population(seed: 1)

  static var template: SimulationOptions {
    var options = SimulationOptions()
    options.cameras = 1
    options.seconds = 6
    options.size = FrameSize(width: 640, height: 360)
    options.mated = 1
    options.enrolled = 2_000
    return options
  }

  static func plan(
    scales: [DecodeScale] = [.full, .quarter], markers: [Double] = [60], qualities: [Int] = [85],
    rounds: Int = 1
  ) throws -> FrameSweepPlan {
    let probes = PopulationProbes(population, line: .a)
    let points = try markers.flatMap { marker in
      try qualities.flatMap { quality in
        let source = try FrameSource(
          markerPixels: marker, quality: quality, options: template, probes: probes.arguments)
        return scales.map {
          FramePoint(frames: source, scale: $0, locate: .frame, decimation: 1)
        }
      }
    }
    return try FrameSweepPlan(
      population: population, gallery: .procedural(size: 2_000),
      description: .procedural(population, size: 2_000), matcher: .auto, threshold: .fpir(0.003),
      threads: 2, rounds: rounds, points: points)
  }

  static let software = AccuracyResult.Software(
    version: "0", command: ["sightline", "sweep"], finishedAt: "2026-01-01T00:00:00Z")
  static let machine = AccuracyResult.Machine(
    cpu: "a CPU", cores: 2, memoryBytes: 1 << 34, kernels: "avx2", load: 0)

  static func execute(
    _ plan: FrameSweepPlan, in path: FilePath, keepFrames: Bool = false,
    progress: @escaping @Sendable (FrameSweepRun.Progress) -> Void = { _ in }
  ) async throws -> FrameSweepResult {
    let folder = try SweepFolder(path, for: plan)
    let run = FrameSweepRun(
      plan, population: population, template: template, line: .a, keepFrames: keepFrames)
    let result = try await run.execute(
      in: folder, software: software, machine: machine, progress: progress)
    try folder.write(result, summary: "")
    return result
  }
}

/// Counts what a sweep reports.
final class FrameTally: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  private var last = (done: 0, total: 0)

  @Sendable func observe(_ event: FrameSweepRun.Progress) {
    guard case .frames(let done, let total) = event else { return }
    lock.withLock {
      count += 1
      last = (done, total)
    }
  }

  var seen: (calls: Int, done: Int, total: Int) {
    lock.withLock { (count, last.done, last.total) }
  }
}

/// Breaks a sweep off when it has reported so many frames.
final class Breaker: @unchecked Sendable {
  private let lock = NSLock()
  private let frame: Int
  private var isDue = false
  private var action: (@Sendable () -> Void)?

  init(at frame: Int) { self.frame = frame }

  /// What to do then; at once if it is already due.
  func arm(_ action: @escaping @Sendable () -> Void) {
    let isDue = lock.withLock { () -> Bool in
      self.action = action
      return self.isDue
    }
    if isDue { action() }
  }

  @Sendable func observe(_ event: FrameSweepRun.Progress) {
    guard case .frames(let done, _) = event, done >= frame else { return }
    let action = lock.withLock { () -> (@Sendable () -> Void)? in
      isDue = true
      return self.action
    }
    action?()
  }
}

@Suite("Sweeps through the whole pipeline", .serialized)
struct SweepRunTests {
  @Test(
    "A marker of 30 real pixels is found decoded in full and lost at a quarter, and the costs are there"
  )
  func whole() async throws {
    let folder = try TemporaryFolder()
    let tally = FrameTally()
    let result = try await SmallSweep.execute(
      SmallSweep.plan(), in: folder.path, progress: tally.observe)
    // Rendered once, run twice.
    #expect(tally.seen == (90, 90, 90))
    let (full, quarter) = (result.points[0], result.points[1])
    #expect(full.figures.mated > 0 && full.figures.missed.count < full.figures.mated)
    #expect(full.figures.capturesLocated.rate ?? 0 > 0.5)
    // Below the quality floor where it is located at all.
    let unseen = quarter.figures.misses
    #expect(unseen.notLocated + unseen.notExtracted == quarter.figures.mated)
    #expect(quarter.figures.capturesExtracted.count == 0)
    #expect(quarter.figures.capturesLocated.count < full.figures.capturesLocated.count)
    for point in result.points {
      let causes = point.figures.misses
      #expect(
        causes.notLocated + causes.notExtracted + causes.belowThreshold + causes.outranked
          + causes.undecided == point.figures.missed.count)
      #expect(point.frames.count == 30 && point.frames.failed == 0)
      #expect(point.cost.framesPerSecond > 0 && point.cost.cpuMillisecondsPerFrame > 0)
      #expect(point.cost.bytesPerFrame > 1_000)
      #expect(point.cost.stages.first { $0.name == "decode" }?.count == 30)
      #expect(Set(point.figures.markerPixels.map { (24...34).contains($0) }) == [true])
    }
    #expect(full.frames.digest == quarter.frames.digest)
    #expect(full.fronts.contains(.cpu))
    // Nothing that is not asked for stays.
    #expect(try folder.names("work") == [])
    #expect(try folder.names("points").count == 2)
    #expect(try FrameSweepResult.read(folder.path) == result)
    #expect(FrameSweepResult.isSweep(folder.path))
  }

  @Test("Interrupted at any frame, it keeps what is finished and goes on to the same figures")
  func interrupted() async throws {
    let plan = try SmallSweep.plan(scales: [.full, .half, .quarter])
    let whole = try TemporaryFolder()
    let expected = try await SmallSweep.execute(plan, in: whole.path)
    // While it renders, runs the first point, and runs the second.
    for (stop, least) in [(10, 0), (40, 0), (75, 1)] {
      let folder = try TemporaryFolder()
      let (path, breaker) = (folder.path, Breaker(at: stop))
      let task = Task {
        _ = try await SmallSweep.execute(plan, in: path, progress: breaker.observe)
      }
      breaker.arm { task.cancel() }
      let error = await #expect(throws: SweepError.self) { try await task.value }
      #expect(
        error?.code == .interrupted && error?.message.contains("of 3 points are kept") == true)
      let kept = try folder.names("points").count
      #expect(kept >= least && kept < 3)
      let resumed = try await SmallSweep.execute(plan, in: path)
      #expect(resumed.points.map(\.figures) == expected.points.map(\.figures))
      #expect(resumed.points.map(\.id) == expected.points.map(\.id))
      #expect(try folder.names("work") == [])
    }
  }

  @Test(
    "Finished points are not measured again, damaged ones are, and another grid shares what is equal"
  )
  func checkpoints() async throws {
    let folder = try TemporaryFolder()
    let first = try await SmallSweep.execute(
      SmallSweep.plan(scales: [.full, .half]), in: folder.path, keepFrames: true)
    let idle = FrameTally()
    let again = try await SmallSweep.execute(
      SmallSweep.plan(scales: [.full, .half]), in: folder.path, progress: idle.observe)
    #expect(again == first && idle.seen.calls == 0)
    // One file is cut: its point is measured anew, from the frames that were kept.
    let file = folder.path.appending("points").appending(first.points[1].id + ".json")
    let bytes = try Data(contentsOf: URL(filePath: file.string))
    try bytes.prefix(100).write(to: URL(filePath: file.string))
    // What kill -9 leaves goes, and the frames do not.
    let work = folder.path.appending("work")
    for name in [".frames-x.1.partial", "bus-x.db-wal"] {
      try Data([1]).write(to: URL(filePath: work.appending(name).string))
    }
    let tally = FrameTally()
    let healed = try await SmallSweep.execute(
      SmallSweep.plan(scales: [.full, .half, .quarter]), in: folder.path, keepFrames: true,
      progress: tally.observe)
    #expect(tally.seen.total == 60)
    #expect(healed.points[0].cost == first.points[0].cost)
    #expect(healed.points[1].figures == first.points[1].figures)
    #expect(healed.points.count == 3)
    let left = try folder.names("work")
    #expect(left.count == 1 && left[0].hasPrefix("frames-"))
  }

  @Test("Rounds find the same, and their costs are ordered")
  func rounds() async throws {
    let folder = try TemporaryFolder()
    let result = try await SmallSweep.execute(
      SmallSweep.plan(scales: [.half], rounds: 3), in: folder.path)
    let cost = result.points[0].cost
    #expect(cost.cpuMillisecondsRange[0] <= cost.cpuMillisecondsPerFrame)
    #expect(cost.cpuMillisecondsPerFrame <= cost.cpuMillisecondsRange[1])
    #expect(cost.framesPerSecondRange[0] <= cost.framesPerSecondRange[1])
  }

  @Test(
    "A folder of something else, of a later version or in use, and a plan that cannot be: one line")
  func refusals() throws {
    let plan = try SmallSweep.plan()
    let folder = try TemporaryFolder()
    let path = folder.path.appending("s")
    func problem() -> String {
      do {
        _ = try SweepFolder(path, for: plan)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    do {
      let held = try SweepFolder(path, for: plan)
      #expect(problem().contains("in use"))
      withExtendedLifetime(held) {}
    }
    #expect(problem() == "accepted")
    let file = URL(filePath: path.appending("plan.json").string)
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacing("\"format_version\" : 1", with: "\"format_version\" : 2")
      .write(to: file, atomically: true, encoding: .utf8)
    #expect(problem().contains("format 2"))
    try Data("{}".utf8).write(to: file)
    #expect(problem().contains("no result of"))
    try FileManager.default.removeItem(at: file)
    #expect(problem().contains("holds no sweep"))
    #expect(throws: SweepError.self) { try SmallSweep.plan(scales: [.full, .full]) }
    #expect(throws: SweepError.self) { try SmallSweep.plan(markers: [5]) }
    #expect(throws: SweepError.self) { try SmallSweep.plan(scales: []) }
    #expect(throws: SweepError.self) { try SmallSweep.plan(rounds: 0) }
  }

  @Test("What decides a point decides its name, and nothing else does")
  func digests() throws {
    let one = try SmallSweep.plan()
    let more = try SmallSweep.plan(
      scales: [.half, .full], markers: [60, 40], qualities: [85, 30])
    let ids = Set(more.points.map { more.id(of: $0) })
    #expect(ids.count == 8)
    #expect(ids.contains(one.id(of: one.points[0])))
    var other = one
    other.threads += 1
    #expect(other.id(of: one.points[0]) != one.id(of: one.points[0]))
    other = one
    other.gallery = "elsewhere"
    #expect(other.digest == one.digest)
  }
}
