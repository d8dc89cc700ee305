// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Files
import Foundation
import Galleries
import Matching
import Population
import Synchronization
import SystemPackage
import Testing

/// A cache in a folder that is removed when this object goes.
private final class Scratch: Sendable {
  let cache: TruthCache

  init() throws {
    let name = "sightline-truth-\(UUID().uuidString)"
    cache = TruthCache(FilePath(FileManager.default.temporaryDirectory.path).appending(name))
  }

  deinit { try? FileManager.default.removeItem(atPath: cache.root.string) }

  func shard(_ index: Int, of truth: GroundTruth) -> URL {
    URL(fileURLWithPath: cache.path(of: truth.shards[index], in: truth).string)
  }
}

@Suite("Ground truth")
struct GroundTruthTests {
  private let population = Population(seed: 6)

  private func truth(
    mated: Int = 20, nonMated: Int = 15, size: Int = 5_000, k: Int = 4, shard: Int = 1_024,
    draw: UInt64 = 0
  ) throws -> GroundTruth {
    GroundTruth(
      try LabelledProbes(
        population, gallerySize: size, mated: mated, nonMated: nonMated, draw: draw),
      gallerySize: size, k: k, shardSize: shard)
  }

  private func exact(_ truth: GroundTruth) async throws -> CandidateLists {
    let gallery = try await InMemoryGallery.build(
      population: population, size: truth.gallerySize, threads: 2)
    return try await ExactMatcher(gallery: gallery, threads: 2)
      .search(truth.probes.batch, k: truth.k)
  }

  @Test(
    "Shards merge to the lists of exact search, and a second time they are read",
    arguments: [1, 1_000, 1_024, 5_000, 9_999], [0, 1, 30, 6_000])
  func shards(_ shard: Int, k: Int) async throws {
    let scratch = try Scratch()
    let size = shard == 1 ? 40 : 5_000
    let truth = try truth(size: size, k: k, shard: shard)
    #expect(truth.shards.reduce(0) { $0 + $1.count } == size)
    let first = try await truth.find(cache: scratch.cache, threads: 2)
    #expect(first.computed == truth.shards.count && first.read == 0)
    #expect(first.lists == (try await exact(truth)))
    let second = try await truth.find(cache: scratch.cache, threads: 1)
    #expect(second.lists == first.lists)
    #expect(second.computed == 0 && second.read == truth.shards.count && second.templates == 0)
  }

  @Test("Damaged, cut, foreign and missing shards are computed again, the others read")
  func damage() async throws {
    let scratch = try Scratch()
    let truth = try truth()
    let whole = try await truth.find(cache: scratch.cache, threads: 2)
    #expect(truth.shards.count == 5)
    // One bit of a subject; cut short; another shard's file; none.
    var bytes = try Data(contentsOf: scratch.shard(0, of: truth))
    bytes[bytes.count - 40] ^= 1
    try bytes.write(to: scratch.shard(0, of: truth))
    try Data(contentsOf: scratch.shard(1, of: truth)).dropLast()
      .write(to: scratch.shard(1, of: truth))
    try Data(contentsOf: scratch.shard(3, of: truth)).write(to: scratch.shard(2, of: truth))
    try FileManager.default.removeItem(at: scratch.shard(4, of: truth))
    let again = try await truth.find(cache: scratch.cache, threads: 2)
    #expect(again.lists == whole.lists)
    #expect(again.read == 1 && again.computed == 4 && again.rejected == 3)
    #expect(again.templates == 5_000 - 1_024)
    let third = try await truth.find(cache: scratch.cache, threads: 2)
    #expect(third.read == 5 && third.rejected == 0)
  }

  @Test("A file that is longer, and one of other probes, are not trusted")
  func foreign() async throws {
    let scratch = try Scratch()
    let (one, other) = (try truth(), try truth(draw: 1))
    let right = try await one.find(cache: scratch.cache, threads: 2)
    _ = try await other.find(cache: scratch.cache, threads: 2)
    try Data(contentsOf: scratch.shard(0, of: other)).write(to: scratch.shard(0, of: one))
    try (Data(contentsOf: scratch.shard(1, of: one)) + [0]).write(to: scratch.shard(1, of: one))
    let again = try await one.find(cache: scratch.cache, threads: 2)
    #expect(again.rejected == 2 && again.lists == right.lists)
  }

  @Test("Whatever changes the lists changes the digest, and so the folder")
  func digests() throws {
    let all = [
      try truth(), try truth(mated: 19), try truth(nonMated: 14), try truth(size: 5_001),
      try truth(k: 5), try truth(shard: 1_025), try truth(draw: 1),
      GroundTruth(
        try LabelledProbes(
          population, gallerySize: 5_000, mated: 20, nonMated: 15, line: .d),
        gallerySize: 5_000, k: 4, shardSize: 1_024),
      GroundTruth(
        try LabelledProbes(
          population, gallerySize: 5_000, mated: 20, nonMated: 15, condition: .kiosk),
        gallerySize: 5_000, k: 4, shardSize: 1_024),
      GroundTruth(
        try LabelledProbes(Population(seed: 7), gallerySize: 5_000, mated: 20, nonMated: 15),
        gallerySize: 5_000, k: 4, shardSize: 1_024),
    ]
    #expect(Set(all.map(\.digest)).count == all.count)
    let cache = TruthCache(FilePath("/nowhere"))
    #expect(Set(all.map { cache.folder(of: $0) }).count == all.count)
    #expect(try truth().digest == truth().digest)
  }

  @Test(
    "A search that is given up keeps its finished shards and says so; the next goes on from there")
  func interrupted() async throws {
    let scratch = try Scratch()
    // A block is 512 templates, so shards this large tell of their progress more than once.
    let truth = try truth(size: 400_000, shard: 100_000)
    let cache = scratch.cache
    let stop = Stop()
    let search = Task {
      try await truth.find(cache: cache, threads: 1) { progress in
        if progress.done > 250_000 { stop.stop() }
      }
    }
    stop.set { search.cancel() }
    let error = await #expect(throws: EvaluationError.self) { try await search.value }
    #expect(error?.code == .interrupted)
    #expect(error?.message.contains("2 of 4 shards") == true, "\(String(describing: error))")
    let started = Mutex<[Int]>([])
    let rest = try await truth.find(cache: cache, threads: 2) { progress in
      started.withLock { $0.append(progress.done) }
      #expect(progress.cached == 200_000 && progress.total == 400_000)
    }
    #expect(rest.read == 2 && rest.computed == 2)
    #expect(started.withLock { $0.min() ?? 0 } > 200_000)
    #expect(started.withLock { $0.max() } == 400_000)
  }

  @Test("A trial in batches gives the lists of one search, and the time of a whole batch")
  func trial() async throws {
    let truth = try truth(mated: 30, nonMated: 14)
    let matcher = try StreamingMatcher(population: population, size: 5_000, threads: 2)
    for batch in [1, 16, 44, 100] {
      let seen = Mutex<[Int]>([])
      let trial = try await MatcherTrial(matcher, truth.probes, k: 4, batch: batch) { done in
        seen.withLock { $0.append(done) }
      }
      #expect(trial.lists == (try await matcher.search(truth.probes.batch, k: 4)))
      #expect(trial.batches.map(\.probes).reduce(0, +) == 44)
      #expect(trial.batches.count == (44 + batch - 1) / batch)
      #expect(seen.withLock { $0.last } == 44)
      let times = trial.batches.map { $0.time.wallSeconds / Double(min(batch, 44)) }
      let median = try #require(trial.medianPerProbe)
      #expect(median.wallSeconds > 0 && median.wallSeconds <= times.max() ?? 0)
    }
  }

  @Test("A cache that cannot be made is told with the remedy")
  func unwritable() async throws {
    let truth = try truth()
    let error = await #expect(throws: FileError.self) {
      try await truth.find(cache: TruthCache(FilePath("/proc/nowhere")), threads: 1)
    }
    #expect(error?.code == .unwritable && error?.message.contains("--cache") == true)
  }

  @Test("The standard cache is where XDG says")
  func standard() {
    let path = { (environment: [String: String]) in
      TruthCache.standard(environment).root.string
    }
    #expect(path(["XDG_CACHE_HOME": "/var/c", "HOME": "/h"]) == "/var/c/sightline/truth")
    #expect(path(["XDG_CACHE_HOME": "relative", "HOME": "/h"]) == "/h/.cache/sightline/truth")
    #expect(path(["HOME": "/h"]) == "/h/.cache/sightline/truth")
  }

  @Test(
    "Mated probes show enrolled people, all different, spread over the gallery; the others nobody")
  func probes() throws {
    let probes = try LabelledProbes(population, gallerySize: 1_000_000, mated: 700, nonMated: 300)
    #expect(probes.count == 1_000 && probes.batch.count == 1_000)
    #expect(Set(probes.mated).count == 700)
    #expect(probes.mated.allSatisfy { $0 < 1_000_000 })
    #expect(probes.mated.filter { $0 < 500_000 }.count == 350)
    #expect(probes.strangers.allSatisfy { $0 >= Population.firstStranger })
    #expect(probes.mates.prefix(700).allSatisfy { $0 != nil })
    #expect(probes.mates.suffix(300).allSatisfy { $0 == nil })
    #expect(throws: EvaluationError.self) {
      try LabelledProbes(population, gallerySize: 5, mated: 6, nonMated: 0)
    }
  }
}

/// Cancels a task from within a callback that was made before the task was known.
private final class Stop: Sendable {
  private let action = Mutex<(@Sendable () -> Void)?>(nil)

  func set(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }
  func stop() { action.withLock { $0 }?() }
}
