// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population
import Synchronization
import Testing

@Suite("Search by streaming")
struct StreamingMatcherTests {
  private let population = Population(seed: 3)

  private static let families: PopulationDescription = {
    var description = PopulationDescription(seed: 9)
    description.relatives = Relatives(population: 20_000)
    description.cells = .censusLike()
    return description
  }()

  private func exact(_ population: Population, _ size: Int) async throws -> ExactMatcher {
    ExactMatcher(
      gallery: try await InMemoryGallery.build(population: population, size: size, threads: 2),
      threads: 2)
  }

  private func probes(_ population: Population, _ count: Int) throws -> ProbeBatch {
    let strangers = Population.firstStranger..<Population.firstStranger + UInt64(count / 2)
    return try batch(
      population.captures(0..<UInt64(count - count / 2)) + population.captures(strangers))
  }

  @Test(
    "Lists are those of exact search to the last bit, at every size around a block",
    arguments: [0, 1, 2, 511, 512, 513, 3 * 512 + 17])
  func sizes(_ size: Int) async throws {
    let probes = try probes(population, 6)
    let exact = try await exact(population, size)
    let streaming = try StreamingMatcher(population: population, size: size, threads: 2)
    #expect(streaming.gallery == exact.gallery)
    for k in [0, 1, 10, 1000, size + 5] {
      #expect(try await streaming.search(probes, k: k) == exact.search(probes, k: k))
    }
  }

  @Test(
    "At 10,000 and 100,000, with relatives and cells and without, lists equal exact search",
    arguments: [10_000, 100_000], [1, 10, 300])
  func large(_ size: Int, k: Int) async throws {
    for population in [population, try Population(Self.families)] {
      let probes = try probes(population, 40)
      let streaming = try StreamingMatcher(population: population, size: size, threads: 2)
      #expect(
        try await streaming.search(probes, k: k)
          == exact(population, size).search(probes, k: k))
    }
  }

  @Test("More probes than share a drawing, and a list longer than the gallery")
  func panels() async throws {
    let count = StreamingMatcher.panelSize + 40
    let probes = try probes(population, count)
    let exact = try await exact(population, 700)
    let streaming = try StreamingMatcher(population: population, size: 700, threads: 2)
    for k in [3, 800] {
      let lists = try await streaming.search(probes, k: k)
      #expect(lists == (try await exact.search(probes, k: k)))
      #expect(lists.count == count)
    }
  }

  @Test("A crowd that float32 cannot tell apart is ordered as exact search orders it")
  func crowd() async throws {
    // Everybody has one typicality, and directions that agree to a hundred-thousandth.
    var description = PopulationDescription(seed: 4)
    description.typicalityDeviation = 0
    description.cells = .uniform(count: 1, common: 1 - 1e-10)
    let population = try Population(description)
    let probes = try batch(population.captures(0..<5))
    let exact = try await exact(population, 6_000)
    let streaming = try StreamingMatcher(population: population, size: 6_000, threads: 3)
    for k in [1, 7, 100] {
      let lists = try await streaming.search(probes, k: k)
      #expect(lists == (try await exact.search(probes, k: k)))
    }
    let all = try await exact.search(probes, k: 6_000)
    let (best, last) = (try #require(all[0].first), try #require(all[0].last))
    #expect(best.score - last.score < 1e-4, "the crowd is none")
  }

  @Test("Neither threads nor the rest of the batch change a list")
  func deterministic() async throws {
    let probes = population.captures(0..<50)
    let whole = try await StreamingMatcher(population: population, size: 9_000, threads: 1)
      .search(try batch(probes), k: 20)
    for threads in [2, 7] {
      let matcher = try StreamingMatcher(population: population, size: 9_000, threads: threads)
      #expect(try await matcher.search(try batch(probes), k: 20) == whole)
      for (first, count) in [(0, 1), (16, 17), (49, 1)] {
        let some = try await matcher.search(try batch(Array(probes[first..<first + count])), k: 20)
        for i in 0..<count { #expect(some[i] == whole[first + i]) }
      }
    }
  }

  @Test("Lists of two parts of a gallery, merged, are those of the whole")
  func parts() async throws {
    let probes = try probes(population, 20)
    let matcher = try StreamingMatcher(population: population, size: 5_000, threads: 2)
    let whole = try await matcher.search(probes, k: 15)
    let left = try await matcher.search(probes, k: 15, within: 0..<1_777)
    let right = try await matcher.search(probes, k: 15, within: 1_777..<5_000)
    for probe in 0..<20 {
      #expect(left[probe].allSatisfy { $0.subject < 1_777 })
      let merged = (left[probe] + right[probe]).sorted { $0.precedes($1) }.prefix(15)
      #expect(Array(merged) == Array(whole[probe]))
    }
    let none = try await matcher.search(probes, k: 15, within: 9..<9)
    #expect(none.count == 20 && none[0].isEmpty && none.isComplete)
  }

  @Test("A deadline in the past gives incomplete lists, one far away complete ones")
  func deadline() async throws {
    let matcher = try StreamingMatcher(population: population, size: 5_000, threads: 2)
    let probes = try probes(population, 30)
    let now = ContinuousClock.now
    let past = try await matcher.search(probes, k: 5, deadline: now)
    #expect(past.count == 30 && !past.isComplete)
    #expect((0..<30).allSatisfy { past[$0].isEmpty && past.unsearched($0) == 5_000 })
    let later = try await matcher.search(probes, k: 5, deadline: now + .seconds(3600))
    #expect(later.isComplete)
    #expect(try await matcher.search(probes, k: 5) == later)
  }

  @Test("A deadline on the way leaves the best of what was seen")
  func deadlineOnTheWay() async throws {
    let size = 50_000_000  // many seconds' work
    let matcher = try StreamingMatcher(population: population, size: size, threads: 2)
    let probes = try probes(population, 10)
    let lists = try await matcher.search(probes, k: 5, deadline: .now + .milliseconds(200))
    let seen = size - lists.unsearched(0)
    try #require(!lists.isComplete && seen > 0 && seen % 512 == 0)
    let again = try await matcher.search(probes, k: 5, within: 0..<UInt64(seen))
    #expect((0..<10).allSatisfy { lists[$0] == again[$0] })
  }

  @Test("A cancelled search ends with an error")
  func cancelled() async throws {
    let matcher = try StreamingMatcher(population: population, size: 50_000_000, threads: 2)
    let probes = try probes(population, 64)
    let search = Task { try await matcher.search(probes, k: 1) }
    search.cancel()
    await #expect(throws: CancellationError.self) { try await search.value }
  }

  @Test("Progress ends with all templates of all panels")
  func progress() async throws {
    let matcher = try StreamingMatcher(population: population, size: 200_000, threads: 2)
    let seen = Mutex<[Int]>([])
    _ = try await matcher.search(try probes(population, 2), k: 1, within: 0..<200_000) {
      done, total in
      #expect(total == 200_000)
      seen.withLock { $0.append(done) }
    }
    let calls = seen.withLock { $0 }
    #expect(calls.max() == 200_000)
    #expect(calls.count == 4, "three times 65,536, and the end")
  }

  @Test("Probes of another dimension and galleries that reach the strangers are refused")
  func refused() async throws {
    let matcher = try StreamingMatcher(population: population, size: 10, threads: 1)
    await #expect(throws: MatchingError.self) {
      try await matcher.search(ProbeBatch(dimension: 145), k: 1)
    }
    for size in [-1, Int(Population.firstStranger)] {
      #expect(throws: GalleryError.self) {
        try StreamingMatcher(population: population, size: size, threads: 1)
      }
    }
  }
}
