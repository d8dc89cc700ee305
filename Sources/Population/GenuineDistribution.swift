// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The distribution of the cosine between a capture and its own template: Gumbel-min (skewed to the
/// left, with an exponential lower tail), and a share of captures that fail altogether.
package struct GenuineDistribution: Codable, Hashable, Sendable {
  /// The most frequent cosine.
  package var mode: Double
  /// Gumbel scale; the standard deviation is 1.283 times this.
  package var scale: Double
  /// Share of captures that show an unrelated direction: wrong face, label error, failed extraction.
  package var failureRate: Double

  package init(mode: Double, scale: Double, failureRate: Double) {
    self.mode = mode
    self.scale = scale
    self.failureRate = failureRate
  }

  /// Probability that a capture that did not fail scores below `cosine`.
  package func cumulative(_ cosine: Double) -> Double {
    -expm1(-exp((cosine - mode) / scale))
  }

  /// Density of the cosine among captures that did not fail.
  package func density(_ cosine: Double) -> Double {
    let x = (cosine - mode) / scale
    return exp(x - exp(x)) / scale
  }
}
