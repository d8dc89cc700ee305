// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population
import Testing

@Suite("Search by sketch")
struct SketchMatcherTests {
  private static let population = Population(seed: 5)

  private func batch(_ identities: [UInt64], draw: UInt64 = 0) throws -> ProbeBatch {
    var batch = ProbeBatch()
    var row = [Float](repeating: 0, count: Population.dimension)
    for identity in identities {
      row.withUnsafeMutableBufferPointer {
        _ = Self.population.writeCapture(of: identity, line: .c, draw: draw, into: $0)
      }
      try batch.append(row)
    }
    return batch
  }

  private func sketch(_ size: Int, threads: Int = 2, list: Int? = nil) async throws -> SketchMatcher
  {
    SketchMatcher(
      gallery: try await SketchGallery.build(
        population: Self.population, size: size, threads: threads),
      population: Self.population, threads: threads, listLength: list)
  }

  @Test("A gallery no longer than the list is searched exactly", arguments: [0, 1, 31, 33, 1_024])
  func small(size: Int) async throws {
    let exact = ExactMatcher(
      gallery: try await InMemoryGallery.build(population: Self.population, size: size),
      threads: 1)
    let matcher = try await sketch(size)
    #expect(matcher.information.isExact)
    let probes = try batch([0, 7, Population.firstStranger])
    for k in [0, 1, 5, 40] {
      #expect(try await matcher.search(probes, k: k) == exact.search(probes, k: k))
    }
  }

  @Test("At 200,000 the best candidate and its score are those of exact search, to the last bit")
  func agrees() async throws {
    let size = 200_000
    let exact = ExactMatcher(
      gallery: try await InMemoryGallery.build(population: Self.population, size: size, threads: 2),
      threads: 2)
    // Longer than asked by default: 0.42 is far below the threshold of FPIR .01.
    let matcher = try await sketch(size, list: 4_096)
    #expect(!matcher.information.isExact)
    let mates = (0..<70).map { UInt64($0 * 2_857) }
    let strangers = (0..<70).map { Population.firstStranger + UInt64($0) }
    let probes = try batch(mates + strangers)
    let (found, truth) = (
      try await matcher.search(probes, k: 3), try await exact.search(probes, k: 3)
    )
    let same = (0..<mates.count).count { found[$0].first == truth[$0].first }
    #expect(same >= 69, "\(same) of 70 mated searches")
    // What a stranger's best candidate is decides about false alarms only above a threshold; below it
    // lists of 2 % of the gallery may lose some.
    let alarms = (mates.count..<probes.count).filter { (truth[$0].first?.score ?? 0) > 0.42 }
    #expect(alarms.allSatisfy { found[$0].first == truth[$0].first })
    for probe in 0..<probes.count {
      for candidate in found[probe] {
        let known = truth[probe].first { $0.subject == candidate.subject }
        #expect(known == nil || known == candidate)
      }
    }
  }

  @Test("Neither threads nor the rest of the batch change a list")
  func deterministic() async throws {
    let identities = (0..<70).map { UInt64($0 * 700) }
    let one = try await sketch(60_000, threads: 1)
    let seven = try await sketch(60_000, threads: 7)
    let whole = try await one.search(try batch(identities), k: 4)
    #expect(try await seven.search(try batch(identities), k: 4) == whole)
    for index in [0, 33, 69] {
      let alone = try await seven.search(try batch([identities[index]]), k: 4)
      #expect(Array(alone[0]) == Array(whole[index]))
    }
  }

  @Test("A longer list holds all that a shorter one found")
  func nested() async throws {
    let probes = try batch((0..<40).map { Population.firstStranger + UInt64($0) })
    let short = try await sketch(100_000, list: 4_096).search(probes, k: 1)
    let long = try await sketch(100_000, list: 40_000).search(probes, k: 1)
    for probe in 0..<probes.count {
      let (a, b) = (short[probe].first?.score ?? -1, long[probe].first?.score ?? -1)
      #expect(b >= a)
    }
  }

  @Test("A cancelled search ends with an error")
  func cancelled() async throws {
    let matcher = try await sketch(500_000)
    let probes = try batch((0..<64).map { UInt64($0) })
    let search = Task { try await matcher.search(probes, k: 1) }
    search.cancel()
    await #expect(throws: CancellationError.self) { try await search.value }
  }

  @Test("At its deadline a search gives the best of what it saw, and says how many it did not see")
  func deadline() async throws {
    let size = 3_000_000
    let matcher = try await sketch(size)
    let mates = (0..<130).map { UInt64($0 * 20_000) }
    let probes = try batch(mates)
    let start = ContinuousClock.now
    let whole = try await matcher.search(probes, k: 2)
    let all = ContinuousClock.now - start
    #expect(whole.isComplete)
    let none = try await matcher.search(probes, k: 2, deadline: .now - .seconds(1))
    #expect(none.count == probes.count)
    for probe in 0..<probes.count {
      #expect(none[probe].isEmpty)
      #expect(none.unsearched(probe) == size)
    }
    // However fast the machine is at that moment: what was searched is what the lists come from.
    let some = try await matcher.search(probes, k: 2, deadline: .now + all / 4)
    #expect(some.count == probes.count)
    for probe in 0..<probes.count {
      let seen = size - some.unsearched(probe)
      #expect(some[probe].allSatisfy { $0.subject < seen })
      if let mate = whole[probe].first, mate.subject < seen { #expect(some[probe].first == mate) }
    }
    let later = try await matcher.search(probes, k: 2, deadline: .now + .seconds(3_600))
    #expect(later == whole)
  }

  @Test("A cancelled search leaves nothing behind")
  func freed() async throws {
    weak var left: SketchGallery?
    do {
      let gallery = try await SketchGallery.build(
        population: Self.population, size: 2_000_000, threads: 2)
      left = gallery
      let matcher = SketchMatcher(gallery: gallery, population: Self.population, threads: 2)
      let probes = try batch((0..<64).map { UInt64($0) })
      let search = Task { try await matcher.search(probes, k: 1) }
      try await Task.sleep(for: .milliseconds(5))
      search.cancel()
      _ = try? await search.value
      #expect(matcher.spareWorkers <= 2)
    }
    // The last thread lets go of its work just after the search has ended.
    for _ in 0..<1_000 where left != nil { try await Task.sleep(for: .milliseconds(1)) }
    #expect(left == nil)
  }

  @Test("Workers are used again, and are no more than threads")
  func reused() async throws {
    let matcher = try await sketch(50_000, threads: 3)
    for count in [1, 64, 3, 70] {
      let probes = try batch((0..<count).map { UInt64($0) })
      let first = try await matcher.search(probes, k: 3)
      #expect(try await matcher.search(probes, k: 3) == first)
      #expect(matcher.spareWorkers <= 3)
    }
    #expect(matcher.spareWorkers >= 1)
  }

  @Test("Relatives and cells are searched as well as strangers", arguments: [false, true])
  func people(hasCells: Bool) async throws {
    var description = PopulationDescription(seed: 3)
    description.relatives = Relatives(population: 1 << 31)
    if hasCells { description.cells = .uniform() }
    let population = try Population(description)
    let size = 20_000
    let exact = ExactMatcher(
      gallery: try await InMemoryGallery.build(population: population, size: size, threads: 2),
      threads: 2)
    let sketch = SketchMatcher(
      gallery: try await SketchGallery.build(population: population, size: size, threads: 2),
      population: population, threads: 2)
    var probes = ProbeBatch()
    var row = [Float](repeating: 0, count: Population.dimension)
    for identity in 0..<UInt64(20) {
      row.withUnsafeMutableBufferPointer {
        _ = population.writeCapture(of: identity * 900, line: .a, draw: 0, into: $0)
      }
      try probes.append(row)
    }
    let (found, truth) = (
      try await sketch.search(probes, k: 1), try await exact.search(probes, k: 1)
    )
    #expect((0..<20).count { found[$0].first == truth[$0].first } >= 19)
  }
}
