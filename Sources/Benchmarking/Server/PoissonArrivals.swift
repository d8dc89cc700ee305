// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population

/// When queries of one probe are due: a Poisson process of our own draws.
package struct PoissonArrivals: Sendable {
  /// A second, in nanoseconds, over the rate.
  private let meanGap: Double
  private var draws: SplitMix64
  private var time = 0.0

  /// `run` tells apart runs of one seed at one rate.
  package init(perSecond rate: Double, seed: UInt64, run: UInt64) {
    precondition(rate > 0, "queries arrive at a rate")
    meanGap = 1e9 / rate
    draws = SplitMix64(seed: SplitMix64.mixed(SplitMix64.mixed(seed ^ 0x6172_7269_7661_6c73) ^ run))
  }

  /// The next arrival, in nanoseconds after the start; never before the last.
  package mutating func next() -> Double {
    // 1 - u is never 0.
    let u = Double(draws.next() >> 11) * 0x1p-53
    time -= log1p(-u) * meanGap
    return time
  }
}
