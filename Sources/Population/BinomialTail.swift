// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// Probability that at least `count` of `trials` happen, each with a small probability of its own.
///
/// The smaller side of the binomial distribution is summed from its term at `count`, whose coefficient
/// is found once: some tens of multiplications a probability, at any number of trials, with no loss in
/// the far tail. Beyond 2^53 trials counts are no longer exact.
package struct BinomialTail: Sendable {
  private let count: Int
  private let trials: Double
  /// ln of `trials` over `count`.
  private let coefficient: Double

  package init(atLeast count: Int, of trials: Double) {
    precondition(count >= 1, "at least 0 is certain")
    self.count = count
    self.trials = trials
    var sum = 0.0
    for i in 0..<min(count, Int(min(trials, 1e15))) {
      sum += log((trials - Double(i)) / Double(i + 1))
    }
    coefficient = sum
  }

  /// The tail at a probability of one trial.
  package func callAsFunction(_ probability: Double) -> Double {
    let p = min(probability, 1)
    guard p > 0, Double(count) <= trials else { return 0 }
    guard p < 1 else { return 1 }
    // One is what searches ask for most, and there is a form for it.
    if count == 1 { return -expm1(trials * log1p(-p)) }
    let k = Double(count)
    let start = exp(coefficient + k * log(p) + (trials - k) * log1p(-p))
    let odds = p / (1 - p)
    var (term, sum) = (start, 0.0)
    if trials * p < k {
      // Above the mean terms fall from `count` on.
      var i = k
      while term > sum * 1e-17, i <= trials {
        sum += term
        term *= (trials - i) / (i + 1) * odds
        i += 1
      }
      return min(sum, 1)
    }
    var i = k
    while i > 0, term > 0 {
      term *= i / ((trials - i + 1) * odds)
      sum += term
      i -= 1
    }
    return max(1 - sum, 0)
  }
}
