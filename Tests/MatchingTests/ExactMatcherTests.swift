// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population
import Testing

@Suite("Exact search")
struct ExactMatcherTests {
  private let population = Population(seed: 1)
  private static let block = ExactMatcher.blockSize

  @Test(
    "Equals a double-precision reference at every gallery size around a block",
    arguments: [0, 1, 2, block - 1, block, block + 1, 3 * block + 17])
  func sizes(_ size: Int) async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: size, threads: 2)
    let rows = gallery.rows
    let matcher = ExactMatcher(gallery: gallery, threads: 2)
    let strangers = Population.firstStranger..<Population.firstStranger + 3
    let probes = population.captures(0..<3) + population.captures(strangers)
    for k in [0, 1, 10, 1000, size + 5] {
      let lists = try await matcher.search(try batch(probes), k: k)
      #expect(lists.count == probes.count)
      for (i, probe) in probes.enumerated() {
        #expect(Array(lists[i]) == reference(probe, rows, k: k))
      }
    }
  }

  @Test("Finds mates first, with the score that was drawn")
  func mates() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 5000, threads: 2)
    let matcher = ExactMatcher(gallery: gallery, threads: 2)
    let lists = try await matcher.search(try batch(population.captures(0..<500)), k: 3)
    let first = (0..<500).filter { lists[$0].first?.subject == UInt64($0) }
    #expect(first.count >= 498)
  }

  @Test("Neither threads nor the way of multiplying change anything", arguments: [1, 8, 20, 300])
  func threads(_ probes: Int) async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 9000, threads: 2)
    let probes = try batch(population.captures(0..<UInt64(probes)))
    let one = try await ExactMatcher(gallery: gallery, threads: 1).search(probes, k: 20)
    for product in BlockProduct.allCases {
      for threads in [1, 2, 7] {
        let matcher = ExactMatcher(gallery: gallery, threads: threads, product: product)
        #expect(try await matcher.search(probes, k: 20) == one)
      }
    }
  }

  @Test("What else is in the batch changes nothing")
  func composition() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 5000, threads: 2)
    let matcher = ExactMatcher(gallery: gallery, threads: 2)
    let probes = population.captures(0..<300)
    let together = try await matcher.search(try batch(probes), k: 50)
    for size in [1, 2, 3, 5, 31, 33, 100, 256, 257] {
      for first in [0, 7, 300 - size].filter({ $0 + size <= 300 }) {
        let some = try await matcher.search(try batch(Array(probes[first..<first + size])), k: 50)
        for i in 0..<size { #expect(some[i] == together[first + i]) }
      }
    }
  }

  @Test("An empty batch gives no lists")
  func emptyBatch() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 10)
    let lists = try await ExactMatcher(gallery: gallery, threads: 1).search(ProbeBatch(), k: 5)
    #expect(lists.count == 0)
  }

  @Test(
    "Copies of one template go to the lowest subjects, however many there are", arguments: [1, 40])
  func duplicates(_ probes: Int) async throws {
    // More copies than any margin holds, in several blocks, with others between.
    let one = population.rows(7..<8)
    var rows = population.rows(100..<5100)
    for row in 0..<5000 where row % 5 != 0 {
      rows.replaceSubrange(row * 512..<(row + 1) * 512, with: one)
    }
    let matcher = ExactMatcher(gallery: try InMemoryGallery(rows: rows), threads: 3)
    let lists = try await matcher.search(
      try batch(population.captures(7..<8) + population.captures(1..<UInt64(probes))), k: 20)
    let expected = (0..<5000).filter { $0 % 5 != 0 }.prefix(20).map { UInt64($0) }
    #expect(lists[0].map(\.subject) == expected)
    #expect(Set(lists[0].map(\.score)).count == 1)
  }

  @Test(
    "Rows with a NaN or an infinity are never candidates, zero rows score 0", arguments: [2, 40])
  func badRows(_ probes: Int) async throws {
    var rows = population.rows(0..<1500)
    rows[3 * 512 + 5] = .nan
    rows[4 * 512 + 511] = .infinity
    rows[1030 * 512] = -.infinity
    for i in 0..<512 { rows[5 * 512 + i] = 0 }
    for i in 0..<512 { rows[6 * 512 + i] = .nan }
    let gallery = try InMemoryGallery(rows: rows)
    let probes = population.captures(3..<UInt64(3 + probes))
    for (product, k) in [
      (BlockProduct.fused, 5), (.fused, 2000), (.openBLAS, 5), (.openBLAS, 2000),
    ] {
      let matcher = ExactMatcher(gallery: gallery, threads: 2, product: product)
      let lists = try await matcher.search(try batch(probes), k: k)
      for (i, probe) in probes.enumerated() {
        #expect(Array(lists[i]) == reference(probe, rows, k: k))
      }
      if k > 1500 {
        #expect(lists[0].count == 1496)
        #expect(lists[0].first { $0.subject == 5 }?.score == 0)
      }
    }
  }

  @Test("Searches may overlap on one matcher")
  func overlapping() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 3000, threads: 2)
    let matcher = ExactMatcher(gallery: gallery, threads: 2)
    let expected = try await matcher.search(try batch(population.captures(0..<50)), k: 10)
    try await withThrowingTaskGroup(of: (Int, CandidateLists).self) { group in
      for i in 0..<12 {
        let first = UInt64(i * 4)
        let probes = try batch(population.captures(first..<first + 3))
        group.addTask { (i * 4, try await matcher.search(probes, k: 10)) }
      }
      for try await (first, lists) in group {
        for i in 0..<3 { #expect(lists[i] == expected[first + i]) }
      }
    }
  }

  @Test("A cancelled search ends with an error")
  func cancelled() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 20_000, threads: 2)
    let matcher = ExactMatcher(gallery: gallery, threads: 1)
    let probes = try batch(population.captures(0..<256))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await matcher.search(probes, k: 10)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("A deadline in the past gives incomplete lists, one far away complete ones")
  func deadline() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 5000, threads: 2)
    let matcher = ExactMatcher(gallery: gallery, threads: 2)
    let probes = try batch(population.captures(0..<300))
    let now = ContinuousClock.now
    let past = try await matcher.search(probes, k: 5, deadline: now)
    #expect(past.count == 300 && !past.isComplete)
    #expect((0..<300).allSatisfy { past[$0].isEmpty && past.unsearched($0) == 5000 })
    let later = try await matcher.search(probes, k: 5, deadline: now + .seconds(3600))
    #expect(later.isComplete && later.unsearched(299) == 0)
    #expect(try await matcher.search(probes, k: 5) == later)
  }

  @Test("The matcher says what it is, and OpenBLAS runs on one thread under it")
  func information() async throws {
    let gallery = try await InMemoryGallery.build(population: population, size: 3)
    let matcher = ExactMatcher(gallery: gallery, threads: 2)
    #expect(matcher.information.name == "exact")
    #expect(matcher.information.threads == 2)
    #expect(matcher.gallery.population == population.digest)
    #expect(OpenBLASInfo.current.threads == 1)
    #expect(OpenBLASInfo.current.configuration.contains("OpenBLAS"))
  }
}
