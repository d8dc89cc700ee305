// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A count out of a number of trials, with its 95 % Wilson score interval.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
/// (1927); the interval ISO/IEC 19795-1 practice uses for rates from few trials.
package struct Proportion: Hashable, Sendable, Codable {
  package let count: Int
  package let trials: Int

  package init(_ count: Int, of trials: Int) {
    precondition(count >= 0 && count <= trials, "a count of trials cannot exceed them")
    self.count = count
    self.trials = trials
  }

  /// The point estimate; `nil` without trials.
  package var rate: Double? { trials == 0 ? nil : Double(count) / Double(trials) }

  /// Lower and upper bound at 95 %; 0 ... 1 without trials.
  package var interval: ClosedRange<Double> {
    guard trials > 0 else { return 0...1 }
    let z = 1.959963984540054  // the normal quantile at 0.975
    let n = Double(trials)
    let p = Double(count) / n
    let denominator = 1 + z * z / n
    let center = (p + z * z / (2 * n)) / denominator
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / denominator
    // At the ends the bound is exact, and rounding must not push it outside.
    let low = count == 0 ? 0 : max(0, center - half)
    let high = count == trials ? 1 : min(1, center + half)
    return low...high
  }
}
