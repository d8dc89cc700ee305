// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
  @Test(
    "p99 takes as many queries as MLPerf's appendix asks for",
    arguments: [(0, 459), (1, 662), (2, 838), (5, 1307), (10, 2010), (100, 12571)])
  func known(late: Int, queries: Int) {
    #expect(EarlyStopping(percentile: 0.99).queries(late: late) == queries)
  }

  @Test("33 queries with 2 late ones need 805 more, as LoadGen says")
  func loadGen() {
    #expect(EarlyStopping(percentile: 0.99).queries(late: 2) - 33 == 805)
  }

  @Test("The late ones allowed are the inverse of the queries required")
  func inverse() {
    for percentile in [0.9, 0.97, 0.99] {
      let rule = EarlyStopping(percentile: percentile)
      #expect(rule.allowedLate(of: rule.queries(late: 0) - 1) == nil)
      #expect(rule.allowedLate(of: 0) == nil)
      for late in [0, 1, 2, 3, 7, 20, 64] {
        let queries = rule.queries(late: late)
        #expect(rule.allowedLate(of: queries) == late)
        #expect(rule.allowedLate(of: queries + 1) ?? -1 >= late)
        if late > 0 { #expect(rule.allowedLate(of: queries - 1) == late - 1) }
      }
    }
  }

  @Test("A system that just misses the percentile passes less often than 1 - c allows")
  func honest() {
    // 90 % rule, each query late with probability .1: stop at the fewest queries for what came late.
    let rule = EarlyStopping(percentile: 0.9, confidence: 0.9)
    var state: UInt64 = 7
    var passed = 0
    for _ in 0..<2000 {
      var late = 0
      for _ in 0..<100 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if state >> 33 < UInt64(0.1 * 0x1p31) { late += 1 }
      }
      if rule.queries(late: late) <= 100 { passed += 1 }
    }
    // At most 10 % in the long run; more than 240 of 2,000 has a probability below 1e-3.
    #expect(passed <= 240)
    #expect(passed > 0)
  }

  @Test("The estimate leaves as many above as may be late, and too few queries give none")
  func estimate() {
    let rule = EarlyStopping(percentile: 0.99)
    #expect(rule.estimate(Array(1...458)) == nil)
    #expect(rule.estimate(Array(1...459)) == 459)
    #expect(rule.estimate(Array(1...662)) == 661)
    #expect(rule.estimate(Array(1...838)) == 836)
  }
}
