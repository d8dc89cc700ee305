// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// The upper tail of the inner product of two uniform unit vectors: F(x) = P(S > x).
///
/// The density is c (1 - x^2)^((d - 3) / 2), so F(x) = I_{1 - x^2}((d - 1) / 2, 1/2) / 2 for x >= 0.
/// Held as a table of F and its slope at 4,097 points of [0, 1], filled by Gauss-Legendre from x = 1
/// down, so that the far tail keeps its relative precision (about 1e-6 down to 1e-60).
package struct SphereTail: Sendable {
  private static let cells = 4096
  private let table: [SIMD2<Double>]

  package init(dimension: Int) {
    let exponent = Double(dimension - 3) / 2
    let half = Double(dimension) / 2
    let constant = exp(lgamma(half) - lgamma(half - 0.5)) / Double.pi.squareRoot()
    let density = { (x: Double) in constant * pow(1 - x * x, exponent) }
    // Nodes and weights of the four-point rule on [-1, 1].
    let nodes = [0.3399810435848563, 0.8611363115940526]
    let weights = [0.6521451548625461, 0.3478548451374538]
    let width = 1 / Double(Self.cells)
    var table = [SIMD2<Double>](repeating: .zero, count: Self.cells + 1)
    var tail = 0.0
    for i in stride(from: Self.cells - 1, through: 0, by: -1) {
      let middle = (Double(i) + 0.5) * width
      for k in 0..<2 {
        let offset = nodes[k] * width / 2
        tail += weights[k] * width / 2 * (density(middle + offset) + density(middle - offset))
      }
      table[i] = SIMD2(tail, -density(Double(i) * width) * width)
    }
    self.table = table
  }

  /// The `x` with F(x) = `tail`, 0 < `tail` < 1, within 1e-9.
  package func quantile(_ tail: Double) -> Double {
    withFunction { function in
      var (low, high) = (-1.0, 1.0)
      while high - low > 1e-9 {
        let middle = (low + high) / 2
        if function(middle) > tail { low = middle } else { high = middle }
      }
      return (low + high) / 2
    }
  }

  /// Calls `body` with a function of `x` that is fast enough to be called 10^8 times.
  package func withFunction<R>(_ body: (Function) -> R) -> R {
    unsafe table.withUnsafeBufferPointer { body(unsafe Function(table: $0)) }
  }

  @safe package struct Function {
    private let table: UnsafeBufferPointer<SIMD2<Double>>

    fileprivate init(table: UnsafeBufferPointer<SIMD2<Double>>) { unsafe self.table = unsafe table }

    /// F(x), by cubic Hermite interpolation.
    @inline(__always) package func callAsFunction(_ x: Double) -> Double {
      let scaled = x.magnitude * Double(SphereTail.cells)
      guard scaled < Double(SphereTail.cells) else { return x > 0 ? 0 : 1 }
      let cell = Int(scaled)
      let t = scaled - Double(cell)
      let p = unsafe table[cell]
      let q = unsafe table[cell &+ 1]
      let rise = q.x - p.x
      let tail = p.x + t * (p.y + t * (3 * rise - 2 * p.y - q.y + t * (p.y + q.y - 2 * rise)))
      return x > 0 ? tail : 1 - tail
    }
  }
}
