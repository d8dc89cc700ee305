// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import Population

/// What a code says about the template behind it, in numbers: the estimator of `Sketches.md`.
///
/// With typicalities `a` and `b` and directions `v` and `w` the cosine is
/// `a b + sqrt(1 - a^2) sqrt(1 - b^2) <v, w>`. A code gives the cell of `a` and the signs of 124 of the
/// coordinates of `v`; of the probe everything is known.
package struct SketchModel: Hashable, Sendable {
  /// Coordinates of the direction.
  static let sphere = Population.latentDimension - 1

  package let cells: SketchCells
  /// Mean of the magnitude of a coordinate of a uniform direction:
  /// `gamma(d / 2) / (sqrt(pi) gamma((d + 1) / 2))`, 0.0666 for d = 144.
  package let magnitude: Double
  /// Share of an inner product of directions that the expectation given the signs keeps:
  /// `124 magnitude^2`, 0.550. An estimate divided by it has no bias, and a larger deviation.
  package let shrinkage: Double

  package init(_ description: PopulationDescription) {
    cells = SketchCells(description)
    let d = Double(Self.sphere)
    magnitude = exp(lgamma(d / 2) - lgamma((d + 1) / 2)) / Double.pi.squareRoot()
    shrinkage = Double(SketchCode.signCount) * magnitude * magnitude
  }

  /// Sum over the signs of a code of `sign * coordinate` of the probe's latent vector.
  private func signSum(_ code: SketchCode, _ latent: UnsafeBufferPointer<Float>) -> Double {
    var sum = 0.0
    for j in 0..<SketchCode.signCount {
      let x = unsafe Double(latent[1 + j])
      sum += code.isNegative(j) ? -x : x
    }
    return sum
  }

  /// The expected cosine of a probe with a template of this code when the two are strangers: of all
  /// functions of the code the one with the least mean square error over a gallery. Pulled to the mean:
  /// of an inner product of directions it shows 55 %.
  package func expectedCosine(
    _ code: SketchCode, probe latent: UnsafeBufferPointer<Float>
  ) -> Double {
    precondition(latent.count == Population.latentDimension, "a latent vector has 145 coordinates")
    return unsafe cells.centres[code.cell] * Double(latent[0])
      + cells.rests[code.cell] * magnitude * signSum(code, latent)
  }

  /// The estimate without bias: over templates at a given cosine its mean is that cosine, whatever the
  /// cosine is, up to the width of the typicality's cell.
  package func unbiasedCosine(
    _ code: SketchCode, probe latent: UnsafeBufferPointer<Float>
  ) -> Double {
    precondition(latent.count == Population.latentDimension, "a latent vector has 145 coordinates")
    return unsafe cells.centres[code.cell] * Double(latent[0])
      + cells.rests[code.cell] * magnitude / shrinkage * signSum(code, latent)
  }

  /// Standard deviation of `unbiasedCosine` over templates of typicality `a` and probes of `b` whose
  /// cosine is `cosine`, the typicality's cell left out (it adds at most 0.015 times `b`).
  ///
  /// Given `q`, the inner product of the directions, the sum of signs is `q S + sqrt(1 - q^2) T`: `S` the
  /// sum of 124 magnitudes of `v`, `T` the share of the signs along a direction orthogonal to `v`.
  package func deviation(cosine: Double, a: Double, b: Double) -> Double {
    let (d, m) = (Double(Self.sphere), Double(SketchCode.signCount))
    let lengths = ((1 - a * a) * (1 - b * b)).squareRoot()
    let q = min(max((cosine - a * b) / lengths, -1), 1)
    // E|v1 v2| = 2 / (pi d): for normal coordinates it is 2 / pi, and the squared length has mean d.
    let square = m / d + m * (m - 1) * 2 / (Double.pi * d)
    let mean = m * magnitude
    let along = max(square - mean * mean, 0)
    let across = (m - square) / (d - 1)
    return lengths * (q * q * along + (1 - q * q) * across).squareRoot() / mean
  }
}
