// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The distribution of the cosine between a capture and its own template, and a share of captures that
/// fail altogether.
///
/// NIST's two gallery sizes cannot tell the shapes apart; at 1.3 billion they differ by a third. So
/// whoever extrapolates prints both.
package struct GenuineDistribution: Codable, Hashable, Sendable {
  package enum Shape: String, Codable, CaseIterable, Sendable {
    /// Gumbel-min: skewed to the left, with an exponential lower tail.
    case gumbel
    case gaussian
  }

  package var shape: Shape
  /// The most frequent cosine.
  package var mode: Double
  /// Gumbel scale (the standard deviation is 1.283 times this), or the Gaussian standard deviation.
  package var scale: Double
  /// Share of captures that show an unrelated direction: wrong face, label error, failed extraction.
  package var failureRate: Double

  package init(shape: Shape = .gumbel, mode: Double, scale: Double, failureRate: Double) {
    self.shape = shape
    self.mode = mode
    self.scale = scale
    self.failureRate = failureRate
  }

  /// Mean among captures that did not fail.
  package var mean: Double {
    switch shape {
    case .gumbel: mode - 0.577_215_664_901_532_9 * scale
    case .gaussian: mode
    }
  }

  /// Standard deviation among captures that did not fail.
  package var deviation: Double {
    switch shape {
    case .gumbel: scale * Double.pi / 6.0.squareRoot()
    case .gaussian: scale
    }
  }

  /// Probability that a capture that did not fail scores below `cosine`.
  package func cumulative(_ cosine: Double) -> Double {
    let x = (cosine - mode) / scale
    return switch shape {
    case .gumbel: -expm1(-exp(x))
    case .gaussian: 0.5 * erfc(-x / 2.0.squareRoot())
    }
  }

  /// Density of the cosine among captures that did not fail.
  package func density(_ cosine: Double) -> Double {
    let x = (cosine - mode) / scale
    return switch shape {
    case .gumbel: exp(x - exp(x)) / scale
    case .gaussian: exp(-x * x / 2) / (scale * (2 * Double.pi).squareRoot())
    }
  }

  /// Cosines outside which lies less than 1e-8 of the captures that did not fail.
  var support: ClosedRange<Double> {
    switch shape {
    case .gumbel: mode - 20 * scale...mode + 5 * scale
    case .gaussian: mode - 6 * scale...mode + 6 * scale
    }
  }
}
