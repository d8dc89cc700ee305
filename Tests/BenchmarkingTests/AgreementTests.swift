// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Evaluation
import Galleries
import Matching
import Population
import Testing

@Suite("Agreement")
struct AgreementTests {
  private func pool(each: Int) throws -> ProbePool {
    try ProbePool(
      population: Population(seed: 1), size: 1000, each: each, line: .c, fpir: 0.01, seed: 1)
  }

  @Test("Counts mates that exact search lists, alarms at the threshold, and first candidates")
  func counts() throws {
    let pool = try pool(each: 3)
    let mates = pool.mates.compactMap { $0 }
    #expect(pool.mates.map { $0 == nil } == [false, true, false, true, false, true])
    // The second mate is not in the exact list: nobody can ask for it.
    let reference = lists([
      (mates[0], 0.7), (5000, 0.5), (5001, 0.3), (5002, 0.49), (mates[2], 0.6), (5003, 0.4),
    ])
    let found = lists([
      (mates[0], 0.7), (5000, 0.5), (mates[1], 0.2), (5009, 0.49), (6000, 0.6), nil,
    ])
    let agreement = SearchAgreement(
      of: found, reference: reference, pool: pool, threshold: 0.49)
    #expect(agreement.mates.count == 1 && agreement.mates.trials == 2)
    #expect(agreement.alarms.count == 1 && agreement.alarms.trials == 2)
    #expect(agreement.first.count == 2 && agreement.first.trials == 6)
    #expect(!agreement.isPerfect)
  }

  @Test("A matcher agrees with itself, and two empty lists agree")
  func perfect() throws {
    let pool = try pool(each: 2)
    let own = lists([(1, 0.9), nil, (2, 0.8), (3, 0.7)])
    let agreement = SearchAgreement(of: own, reference: own, pool: pool, threshold: 0.6)
    #expect(agreement.isPerfect)
    #expect(agreement.first.trials == 4)
    #expect(agreement.alarms.trials == 1)
  }

  @Test("Without a model the threshold is that of the share of searches asked for, mates left out")
  func threshold() throws {
    let gallery = try strangers(40)
    let pool = try ProbePool(rowsOf: gallery, count: 10, cosine: 0.6, seed: 3)
    #expect(pool.threshold == nil)
    var reference = CandidateLists()
    for (index, mate) in pool.mates.enumerated() {
      let mate = try #require(mate)
      reference.append([
        Candidate(subject: mate, score: 0.9),
        Candidate(subject: mate + 100, score: Float(index) / 100),
      ])
    }
    #expect(
      SearchAgreement.threshold(pool, reference: reference, fpir: 0.2) == Double(Float(0.08)))
    let agreement = SearchAgreement(
      of: reference, reference: reference, pool: pool, threshold: Double(Float(0.08)))
    #expect(agreement.alarms.trials == 2)
  }

  private func strangers(_ size: UInt64) throws -> InMemoryGallery {
    var rows = [Float](repeating: 0, count: Int(size) * Population.dimension)
    rows.withUnsafeMutableBufferPointer {
      Population(seed: 2).writeTemplates(of: 0..<size, into: $0)
    }
    return try InMemoryGallery(rows: rows)
  }

  @Test("Turned rows have the cosine asked for, and the same seed draws the same")
  func turned() throws {
    let gallery = try strangers(50)
    let pool = try ProbePool(rowsOf: gallery, count: 20, cosine: 0.64, seed: 9)
    let again = try ProbePool(rowsOf: gallery, count: 20, cosine: 0.64, seed: 9)
    for probe in 0..<20 {
      let mate = Int(try #require(pool.mates[probe]))
      let row = gallery.withTemplates(mate..<mate + 1) { Array($0) }
      let turned = pool.probes.withRow(probe) { Array($0) }
      let cosine = zip(row, turned).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(cosine - 0.64) < 1e-4)
      #expect(again.probes.withRow(probe) { Array($0) } == turned)
    }
  }

  @Test("A gallery without unit vectors gives no probes, and says what helps")
  func zeroRows() throws {
    let gallery = try InMemoryGallery(rows: [Float](repeating: 0, count: 512 * 4))
    #expect(throws: BenchmarkError.self) {
      try ProbePool(rowsOf: gallery, count: 2, cosine: 0.6, seed: 1)
    }
  }

  @Test("Batches begin anew at the end of the pool")
  func wrapping() throws {
    let pool = try pool(each: 2)
    let batch = try pool.batch(from: 3, count: 6)
    #expect(batch.count == 6)
    for offset in 0..<6 {
      #expect(
        batch.withRow(offset) { Array($0) }
          == pool.probes.withRow((3 + offset) % 4) { Array($0) })
    }
  }
}
