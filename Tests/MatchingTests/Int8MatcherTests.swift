// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population
import Testing

@Suite("Search by int8")
struct Int8MatcherTests {
  private static let population = Population(seed: 11)
  private static let block = Int8Matcher.blockSize

  private func gallery(_ size: Int) async throws -> QuantizedGallery {
    try await QuantizedGallery.build(population: Self.population, size: size, threads: 2)
  }

  private func matcher(_ size: Int, threads: Int = 2) async throws -> Int8Matcher {
    Int8Matcher(
      gallery: try await gallery(size), rescorer: .population(Self.population), threads: threads)
  }

  @Test(
    "Rescored from the population, lists are those of exact search at every size around a block",
    arguments: [0, 1, 2, block - 1, block, block + 1, 3 * block + 17])
  func sizes(_ size: Int) async throws {
    let exact = try await InMemoryGallery.build(population: Self.population, size: size)
    let rows = exact.rows
    let matcher = try await matcher(size)
    let strangers = Population.firstStranger..<Population.firstStranger + 3
    let probes = Self.population.captures(0..<3) + Self.population.captures(strangers)
    for k in [0, 1, 10, 1000, size + 5] {
      let lists = try await matcher.search(try batch(probes), k: k)
      #expect(lists.count == probes.count && lists.isComplete)
      for (i, probe) in probes.enumerated() {
        #expect(Array(lists[i]) == reference(probe, rows, k: k))
      }
    }
  }

  @Test("At 60,000 lists of mates and strangers are those of exact search, to the last bit")
  func agrees() async throws {
    let size = 60_000
    let float = try await InMemoryGallery.build(population: Self.population, size: size, threads: 2)
    let strangers = Population.firstStranger..<Population.firstStranger + 150
    let probes = try batch(
      Self.population.captures(0..<150) + Self.population.captures(strangers))
    let truth = try await ExactMatcher(gallery: float, threads: 2).search(probes, k: 25)
    #expect(try await matcher(size).search(probes, k: 25) == truth)
    // The same from float templates that are held, quantized in memory.
    let quantized = try await QuantizedGallery.build(quantizing: float, threads: 2)
    let held = Int8Matcher(gallery: quantized, rescorer: .templates(float.templates), threads: 2)
    #expect(try await held.search(probes, k: 25) == truth)
  }

  @Test("Without better templates, lists are exact for the restored ones")
  func restored() async throws {
    let size = 5_000
    let gallery = try await gallery(size)
    let matcher = Int8Matcher(gallery: gallery, rescorer: nil, threads: 2)
    let probes = Self.population.captures(0..<20)
    let lists = try await matcher.search(try batch(probes), k: 15)
    for (probe, vector) in probes.enumerated() {
      let all = (0..<size).map { row in
        let score = gallery.rows.withQuantized(row..<row + 1) { bytes, scales in
          (0..<512).reduce(0.0) { $0 + Double(vector[$1]) * Double(bytes[$1]) } * Double(scales[0])
        }
        return Candidate(subject: UInt64(row), score: Float(score))
      }
      let expected = all.sorted { $0.precedes($1) }.prefix(15)
      #expect(lists[probe].map(\.subject) == expected.map(\.subject))
      for (a, b) in zip(lists[probe], expected) { #expect((a.score - b.score).magnitude < 1e-6) }
    }
  }

  @Test("Neither threads nor the rest of the batch change a list")
  func deterministic() async throws {
    let probes = Self.population.captures(0..<300)
    let together = try await matcher(9_000, threads: 1).search(try batch(probes), k: 20)
    for threads in [2, 7] {
      let matcher = try await matcher(9_000, threads: threads)
      #expect(try await matcher.search(try batch(probes), k: 20) == together)
      for size in [1, 2, 3, 8, 12, 13, 31, 64, 257] {
        let first = 300 - size
        let some = try await matcher.search(try batch(Array(probes[first...])), k: 20)
        for i in 0..<size { #expect(some[i] == together[first + i]) }
      }
    }
  }

  @Test(
    "Copies of one template go to the lowest subjects, however many there are", arguments: [1, 40])
  func duplicates(_ probes: Int) async throws {
    let one = Self.population.rows(7..<8)
    var rows = Self.population.rows(100..<8100)
    for row in 0..<8000 where row % 5 != 0 {
      rows.replaceSubrange(row * 512..<(row + 1) * 512, with: one)
    }
    let float = try InMemoryGallery(rows: rows)
    let gallery = try await QuantizedGallery.build(quantizing: float)
    let batch = try batch(
      Self.population.captures(7..<8) + Self.population.captures(1..<UInt64(probes)))
    let expected = (0..<8000).filter { $0 % 5 != 0 }.prefix(20).map { UInt64($0) }
    for rescorer in [Rescorer.templates(float.templates), nil] {
      let lists = try await Int8Matcher(gallery: gallery, rescorer: rescorer, threads: 3)
        .search(batch, k: 20)
      #expect(lists[0].map(\.subject) == expected)
      #expect(Set(lists[0].map(\.score)).count == 1)
    }
  }

  @Test(
    "Rows with a NaN or an infinity are never candidates, zero rows score 0", arguments: [2, 40])
  func badRows(_ probes: Int) async throws {
    var rows = Self.population.rows(0..<1500)
    rows[3 * 512 + 5] = .nan
    rows[4 * 512 + 511] = .infinity
    rows[1030 * 512] = -.infinity
    for i in 0..<512 { rows[5 * 512 + i] = 0 }
    // A template of one coordinate has a scale six times the others', and must not blur them.
    for i in 0..<512 { rows[6 * 512 + i] = i == 9 ? 1 : 0 }
    let float = try InMemoryGallery(rows: rows)
    let matcher = Int8Matcher(
      gallery: try await QuantizedGallery.build(quantizing: float),
      rescorer: .templates(float.templates), threads: 2)
    let probes = Self.population.captures(3..<UInt64(3 + probes))
    for k in [5, 2000] {
      let lists = try await matcher.search(try batch(probes), k: k)
      for (i, probe) in probes.enumerated() {
        #expect(Array(lists[i]) == reference(probe, rows, k: k))
      }
      if k > 1500 {
        #expect(lists[0].count == 1497)
        #expect(lists[0].first { $0.subject == 5 }?.score == 0)
      }
    }
  }

  @Test("A deadline in the past gives incomplete lists, one far away complete ones")
  func deadline() async throws {
    let matcher = try await matcher(5000)
    let probes = try batch(Self.population.captures(0..<300))
    let now = ContinuousClock.now
    let past = try await matcher.search(probes, k: 5, deadline: now)
    #expect(past.count == 300 && !past.isComplete)
    #expect((0..<300).allSatisfy { past[$0].isEmpty && past.unsearched($0) == 5000 })
    let later = try await matcher.search(probes, k: 5, deadline: now + .seconds(3600))
    #expect(later.isComplete && later.unsearched(299) == 0)
    #expect(try await matcher.search(probes, k: 5) == later)
  }

  @Test("A cancelled search ends with an error")
  func cancelled() async throws {
    let matcher = try await matcher(20_000, threads: 1)
    let probes = try batch(Self.population.captures(0..<256))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await matcher.search(probes, k: 10)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("Probes of another dimension are refused, and an empty batch gives no lists")
  func odd() async throws {
    let matcher = try await matcher(10)
    #expect(try await matcher.search(ProbeBatch(), k: 5).count == 0)
    await #expect(throws: MatchingError.self) {
      try await matcher.search(ProbeBatch(dimension: 145), k: 5)
    }
    #expect(matcher.information.name == "int8" && !matcher.information.isExact)
    #expect(matcher.gallery.encoding == "int8")
  }
}
