// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import Pipeline

/// When enough queries have been seen to say that a share of all queries meets a latency bound.
///
/// The rule of MLPerf Inference (appendix on early stopping): with t late queries, n are enough when the
/// regularised incomplete beta function I(p; n - t, t + 1) is at most 1 - c. That is the probability of
/// t or fewer late ones among n when each is late with probability 1 - p, so a system that misses the
/// percentile passes with probability 1 - c at most.
package struct EarlyStopping: Hashable, Sendable {
  /// The share of queries that must meet the bound, such as .99.
  package let percentile: Double
  /// c.
  package let confidence: Double

  package init(percentile: Double, confidence: Double = 0.99) {
    precondition(percentile > 0 && percentile < 1, "a percentile lies between 0 and 1")
    precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
    self.percentile = percentile
    self.confidence = confidence
  }

  /// The fewest queries that prove the percentile when `late` of them are late. O(log n) tails.
  package func queries(late: Int) -> Int {
    precondition(late >= 0, "no fewer than 0 queries are late")
    var high = late + 1
    while tail(late, of: high) > 1 - confidence { high *= 2 }
    var low = late  // too few: all of them are late
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if tail(late, of: middle) > 1 - confidence { low = middle } else { high = middle }
    }
    return high
  }

  /// The most late queries with which `queries` still prove the percentile; `nil` if not even none.
  package func allowedLate(of queries: Int) -> Int? {
    guard queries > 0, tail(0, of: queries) <= 1 - confidence else { return nil }
    var (low, high) = (0, queries)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if tail(middle, of: queries) <= 1 - confidence { low = middle } else { high = middle }
    }
    return low
  }

  /// The latency that these queries prove the percentile for: as many lie above as may be late.
  /// `nil` if there are too few. `sorted` ascends.
  package func estimate<T>(_ sorted: [T]) -> T? {
    allowedLate(of: sorted.count).map { sorted[sorted.count - 1 - $0] }
  }

  /// The same of a record of latencies.
  package func estimate(_ sorted: LatencyRecord.Sorted) -> UInt64? {
    allowedLate(of: sorted.count).map { sorted[sorted.count - 1 - $0] }
  }

  /// Probability of at most `late` late ones among `queries`, each late with probability 1 - p.
  func tail(_ late: Int, of queries: Int) -> Double {
    if late >= queries { return 1 }
    let (n, q) = (Double(queries), 1 - percentile)
    // From the largest term on, down and up, so that none underflows that matters.
    let start = min(Double(late), (n * q).rounded(.down))
    let largest = exp(
      lgamma(n + 1) - lgamma(start + 1) - lgamma(n - start + 1) + start * log(q)
        + (n - start) * log(percentile))
    var sum = largest
    var (term, i) = (largest, start)
    while i > 0, term > sum * 1e-17 {
      term *= i / (n - i + 1) * percentile / q
      sum += term
      i -= 1
    }
    (term, i) = (largest, start)
    while i < Double(late), term > sum * 1e-17 {
      term *= (n - i) / (i + 1) * q / percentile
      sum += term
      i += 1
    }
    return min(sum, 1)
  }
}
