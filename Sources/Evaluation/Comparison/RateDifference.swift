// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A difference of two rates with its 95 % interval.
///
/// R. G. Newcombe, "Interval estimation for the difference between independent proportions" and "Improved
/// confidence intervals for the difference between binomial proportions based on paired data", Statistics
/// in Medicine 17 (1998): method 10 of each, from Wilson's intervals by square-and-add.
package struct RateDifference: Codable, Hashable, Sendable {
  /// The second rate less the first.
  package let value: Double
  package let low: Double
  package let high: Double
  /// Whether both rates are of the same probes.
  package let paired: Bool

  /// Two rates of unrelated searches.
  package init(_ first: Proportion, _ second: Proportion) {
    self.init(first, second, correlation: 0, paired: false)
  }

  /// Two rates of the same searches, given by what each search came to: `both` counted in both, `onlyFirst`
  /// and `onlySecond` in one, `neither` in none.
  package init(both: Int, onlyFirst: Int, onlySecond: Int, neither: Int) {
    let trials = both + onlyFirst + onlySecond + neither
    let (a, b, c, d) = (Double(both), Double(onlyFirst), Double(onlySecond), Double(neither))
    let scale = ((a + b) * (c + d) * (a + c) * (b + d)).squareRoot()
    // Method 10 takes half a trial off a positive association.
    var excess = a * d - b * c
    if excess > 0 { excess = max(excess - Double(trials) / 2, 0) }
    self.init(
      Proportion(both + onlyFirst, of: trials), Proportion(both + onlySecond, of: trials),
      correlation: scale > 0 ? excess / scale : 0, paired: true)
  }

  private init(_ first: Proportion, _ second: Proportion, correlation: Double, paired: Bool) {
    self.paired = paired
    guard let p = first.rate, let q = second.rate else {
      (value, low, high) = (0, -1, 1)
      return
    }
    let (one, two) = (first.interval, second.interval)
    let length = { (x: Double, y: Double) in
      max(x * x - 2 * correlation * x * y + y * y, 0).squareRoot()
    }
    value = q - p
    low = max(-1, q - p - length(q - two.lowerBound, one.upperBound - p))
    high = min(1, q - p + length(two.upperBound - q, p - one.lowerBound))
  }
}

/// Which way a figure went.
package enum Change: String, Codable, Hashable, Sendable {
  case better
  case worse
  case noChange = "no change"
  /// No interval says whether it went anywhere.
  case notJudged = "not judged"

  init(_ difference: RateDifference, lowerIsBetter: Bool) {
    let fell = difference.high < 0
    let rose = difference.low > 0
    self = fell || rose ? (fell == lowerIsBetter ? .better : .worse) : .noChange
  }
}
