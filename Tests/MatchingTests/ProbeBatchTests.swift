// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Matching
import Population
import Testing

@Suite("Probe batches and candidate lists")
struct ProbeBatchTests {
  private let probe = Population(seed: 1).captures(0..<1)[0]

  private func code(_ row: [Float]) -> MatchingError.Code? {
    var batch = ProbeBatch()
    do throws(MatchingError) {
      try batch.append(row)
      return nil
    } catch {
      #expect(batch.count == 0)
      return error.code
    }
  }

  @Test("A unit vector is let in, also one off by less than a thousandth")
  func good() {
    #expect(code(probe) == nil)
    #expect(code(probe.map { $0 * 1.0009 }) == nil)
  }

  @Test("A wrong dimension, a NaN, an infinity and a norm other than 1 are refused")
  func bad() {
    #expect(code([]) == .wrongDimension)
    #expect(code(Array(probe.dropLast())) == .wrongDimension)
    #expect(code(Array(probe.dropLast()) + [.nan]) == .notFinite)
    #expect(code([-.infinity] + Array(probe.dropLast())) == .notFinite)
    #expect(code(probe.map { $0 * 1.002 }) == .notUnit)
    #expect(code([Float](repeating: 0, count: 512)) == .notUnit)
    #expect(code([Float](repeating: .greatestFiniteMagnitude, count: 512)) == .notUnit)
  }

  @Test("Lists keep their order when joined")
  func lists() {
    let some = (0..<5).map { Candidate(subject: UInt64($0), score: -Float($0)) }
    var first = CandidateLists()
    first.append(some[0..<2])
    first.append([])
    var second = CandidateLists()
    second.append(some[2..<5])
    first.append(second)
    #expect(first.count == 3)
    #expect(Array(first[0]) == Array(some[0..<2]) && first[1].isEmpty)
    #expect(Array(first[2]) == Array(some[2..<5]))
  }

  @Test("The higher score comes first, then the lower subject")
  func order() {
    let a = Candidate(subject: 9, score: 0.5)
    #expect(a.precedes(Candidate(subject: 1, score: 0.4)))
    #expect(!a.precedes(Candidate(subject: 1, score: 0.5)))
    #expect(a.precedes(Candidate(subject: 10, score: 0.5)))
    #expect(!a.precedes(a))
  }
}
