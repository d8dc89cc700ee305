// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Pipeline
import Testing

@Suite("Records of latencies")
struct LatencyRecordTests {
  @Test(
    "Up to its limit a record is exact, from there on right to three digits, and never larger",
    arguments: [1, 2, 99, 100, 101, 1_000, 20_000])
  func values(count: Int) {
    var random = SystemRandomNumberGenerator()
    let values = (0..<count).map { _ in
      UInt64.random(in: 1...1 << UInt64.random(in: 1...40, using: &random), using: &random)
    }
    var record = LatencyRecord(expected: .max, limit: 100)
    for value in values { record.record(value) }
    let (told, wanted) = (record.sorted, values.sorted())
    #expect(record.count == count && told.count == count)
    #expect(record.isExact == (count <= 100))
    let tolerance = record.isExact ? 0 : 0.002
    for place in [0, count / 3, count / 2, count - 1, count + 5] {
      let exact = Double(wanted[min(place, count - 1)])
      #expect(abs(Double(told[place]) - exact) <= exact * tolerance + (record.isExact ? 0 : 1))
    }
    for share in [0, 0.5, 0.9, 0.99, 0.999, 1] {
      let place = max(0, Int((share * Double(count)).rounded(.up)) - 1)
      #expect(told.value(atShare: share) == told[place])
    }
    for bound in [0, wanted[count / 2], wanted[count - 1], UInt64.max / 2] {
      let above = told.count(above: bound)
      #expect(above <= wanted.count { $0 > bound })
      #expect(above >= wanted.count { Double($0) > Double(bound) * (1 + tolerance) + 1 })
    }
  }

  @Test("A record of nothing has no value, and is nothing's bound")
  func nothing() {
    let none = LatencyRecord().sorted
    #expect(none.isEmpty && none.value(atShare: 0.5) == nil && none.count(above: 0) == 0)
  }
}
