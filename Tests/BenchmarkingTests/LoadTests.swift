// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Galleries
import Matching
import Testing

@Suite("Load")
struct LoadTests {
  @Test(
    "Every camera shows its frames at its rate, from a phase of its own that the seed decides",
    arguments: [1, 2, 7, 40])
  func cameras(count: Int) {
    func times(seed: UInt64) -> [(feed: Int, sequence: Int, time: Double)] {
      var arrivals = CameraArrivals(cameras: count, framesPerSecond: 25, seed: seed)
      return (0..<(count * 10)).map { _ in arrivals.next() }
    }
    let all = times(seed: 3)
    let again = times(seed: 3)
    #expect(all.map(\.time) == again.map(\.time))
    #expect(all.map(\.time) != times(seed: 4).map(\.time))
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.time <= $1.time })
    for feed in 0..<count {
      let own = all.filter { $0.feed == feed }
      #expect(own.map(\.sequence) == Array(0..<10))
      #expect((0..<4e7).contains(own[0].time))
      for (before, after) in zip(own, own.dropFirst()) {
        #expect(abs(after.time - before.time - 4e7) < 1)
      }
    }
    #expect(Set(all.prefix(count).map(\.time)).count == count, "phases differ")
  }

  @Test(
    "A search finds the largest load that is held, for any limit and any first guess",
    arguments: [1.0, 2, 3, 17, 100, 999], [0.3, 1.0, 1.05, 4])
  func search(limit: Double, guess: Double) async throws {
    let search = LoadSearch(isWhole: true, lowest: 1)
    var full = 0
    let found = try await search.find(below: limit * guess) { load, isFull, _ in
      #expect(load == load.rounded() && load >= 1)
      if isFull { full += 1 }
      return load <= limit ? .held : .broken
    }
    let best = try #require(found.load)
    #expect(found.unjudged == nil)
    #expect(best <= limit)
    #expect(full == 1)
    // A guess may be too low by what three raises can make good.
    #expect(best >= limit * 0.95 - 1)
  }

  @Test("A load that holds only in short runs is lowered until a full one holds")
  func lowered() async throws {
    var fullRuns: [Double] = []
    let found = try await LoadSearch(isWhole: false, lowest: 0.1).find(below: 1000) {
      load, isFull, _ in
      if isFull { fullRuns.append(load) }
      return load <= (isFull ? 300 : 500) ? .held : .broken
    }
    let best = try #require(found.load)
    #expect(best <= 300 && best > 100)
    #expect(fullRuns.count > 1)
    #expect(fullRuns == fullRuns.sorted(by: >))
    #expect(fullRuns.last == best)
  }

  @Test("Nothing is found where nothing holds, and a search ends at once where none can be sound")
  func nothing() async throws {
    let none = try await LoadSearch(isWhole: true, lowest: 1).find(below: 40) { _, _, _ in .broken }
    #expect(none.load == nil && none.unjudged == nil)
    var runs = 0
    let unsound = try await LoadSearch(isWhole: true, lowest: 1).find(below: 40) { _, _, _ in
      runs += 1
      return .unsound
    }
    #expect(unsound.load == nil && unsound.unjudged == nil)
    #expect(runs == 1)
  }

  @Test(
    "Where the generator fails at loads that are held, the most is not known; where it fails beyond, it is",
    arguments: [10.0, 40, 100], [0.3, 0.9, 1.1, 2])
  func unjudged(limit: Double, share: Double) async throws {
    // The generator cannot give this load or more; the pipeline holds no more than the limit.
    let generator = (limit * share).rounded()
    var tries: [Double: Int] = [:]
    let found = try await LoadSearch(isWhole: true, lowest: 1).find(below: limit * 1.5) {
      load, _, _ in
      tries[load, default: 0] += 1
      return load >= generator ? .unjudged : load <= limit ? .held : .broken
    }
    let best = try #require(found.load)
    #expect(best < generator && best <= limit)
    if share < 1 {
      let unjudged = try #require(found.unjudged, "a load that might be held was never judged")
      #expect(unjudged >= generator && unjudged - best <= max(1, 0.03 * unjudged))
      #expect(tries[unjudged] == LoadSearch.mostTries)
    } else if best * 1.03 + 1 < generator {
      #expect(found.unjudged == nil, "loads were broken between that and the generator's")
    }
  }

  @Test("Where all that is tried holds, the most is not known either, and that is told")
  func boundless() async throws {
    let found = try await LoadSearch(isWhole: false, lowest: 0.5).find(below: 10) { _, _, _ in .held
    }
    let best = try #require(found.load)
    #expect(best > 100, "it looks for more than it was told can be")
    #expect((found.unjudged ?? 0) >= best)
  }

  @Test("A load that holds in short runs, and is never judged at full length, ends the search")
  func unjudgedAtFullLength() async throws {
    var fullRuns = 0
    let found = try await LoadSearch(isWhole: true, lowest: 1).find(below: 100) {
      load, isFull, _ in
      if isFull { fullRuns += 1 }
      return isFull ? .unjudged : load <= 40 ? .held : .broken
    }
    #expect(found.load == nil)
    #expect((39...40).contains(found.unjudged ?? 0))
    #expect(fullRuns == LoadSearch.mostTries)
  }

  @Test("A run whose generator was late is made again, and counts when it was not")
  func again() async throws {
    var attempts = 0
    let found = try await LoadSearch(isWhole: true, lowest: 1).find(below: 42) { load, _, _ in
      attempts += 1
      if attempts % 2 == 1 { return .unjudged }
      return load <= 40 ? .held : .broken
    }
    #expect(found.unjudged == nil)
    #expect((39...40).contains(found.load ?? 0))
  }

  @Test(
    "A sample of searches is spread over all of them, and bounded", arguments: [0, 3, 16, 17, 500])
  func sample(searches: Int) async throws {
    let matcher = SampledMatcher(try ConstantMatcher(subject: 7, microseconds: 0), limit: 16)
    for number in 0..<searches {
      var batch = ProbeBatch(dimension: matcher.gallery.dimension, capacity: 1)
      // Which search it was is in the angle of the probe.
      var probe = [Float](repeating: 0, count: matcher.gallery.dimension)
      let share = Float(number) / 500
      probe[0] = share
      probe[1] = (1 - share * share).squareRoot()
      try batch.append(probe)
      _ = try await matcher.search(batch, k: 1)
    }
    let sample = try matcher.takeSample()
    #expect(sample.probes.count == sample.lists.count)
    #expect(sample.probes.count <= 16)
    #expect(sample.probes.count >= min(searches, 8))
    let order = (0..<sample.probes.count).map { row in
      unsafe sample.probes.withRow(row) { unsafe $0[0] }
    }
    #expect(order == order.sorted())
    if let last = order.last { #expect(Int((last * 500).rounded()) >= searches * 3 / 4 - 1) }
    #expect(try matcher.takeSample().probes.count == 0)
  }

  @Test("A line through memory has its slope, whatever it starts from", arguments: [0, 3, -7])
  func memory(slope: Int) throws {
    let looks = (0..<90).map { 1_000_000 + $0 * slope }
    let trend = try #require(MemoryTrend(samples(looks)))
    #expect(abs(trend.bytesPerMinute - Double(slope) * 60) < 1e-6)
    #expect(trend.firstBytes == 1_000_000)
    #expect(trend.lastBytes == looks.last)
    #expect(trend.mostBytes == looks.max())
    #expect(MemoryTrend(samples([1, 2])) == nil)
  }

  @Test("A line through any memory is that of least squares")
  func scattered() throws {
    for _ in 0..<20 {
      let looks = (0..<Int.random(in: 3...200)).map { _ in Int.random(in: 1_000...2_000_000_000) }
      let middle = Double(looks.count - 1) / 2
      let mean = looks.reduce(0.0) { $0 + Double($1) } / Double(looks.count)
      let parts = looks.enumerated().map { place, value in
        let distance = Double(place) - middle
        return (distance * (Double(value) - mean), distance * distance)
      }
      let slope = parts.reduce(0) { $0 + $1.0 } / parts.reduce(0) { $0 + $1.1 } * 60
      let trend = try #require(MemoryTrend(samples(looks)))
      #expect(abs(trend.bytesPerMinute - slope) <= 1e-9 * abs(slope) + 1e-3)
    }
  }

  private func samples(_ looks: [Int]) -> MemorySamples {
    var samples = MemorySamples()
    for bytes in looks { samples.add(bytes) }
    return samples
  }

  @Test("Whole lists must agree where a matcher promises them, else only who is at the threshold")
  func agreement() {
    let exact = lists([(1, 0.6), (2, 0.3), nil])
    let same = LoadAgreement(exact, reference: exact, named: "exact", threshold: nil)
    #expect(same.searches == 3 && same.differing == 0)
    let below = lists([(1, 0.6), (3, 0.3), nil])
    #expect(
      LoadAgreement(below, reference: exact, named: "exact", threshold: nil).differing == 1)
    #expect(
      LoadAgreement(below, reference: exact, named: "exact", threshold: 0.5).differing == 0)
    let above = lists([(9, 0.6), (2, 0.3), (4, 0.7)])
    #expect(
      LoadAgreement(above, reference: exact, named: "exact", threshold: 0.5).differing == 2)
  }
}
