// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Glibc
import Population
import Testing

@Suite struct EstimatorTests {
  static let population = Population(seed: 4)
  static let encoder = SketchEncoder(population: population)
  static let model = SketchModel(population.description)

  static func latent(_ identity: UInt64) -> [Float] {
    var latent = [Float](repeating: 0, count: Population.latentDimension)
    latent.withUnsafeMutableBufferPointer { population.writeLatent(of: identity, into: $0) }
    return latent
  }

  /// A latent vector of the same typicality at inner product `q` of directions.
  static func probe(of latent: [Float], q: Double, noise: [Float]) -> [Float] {
    let v = latent.dropFirst().map(Double.init)
    var n = noise.dropFirst().map(Double.init)
    let square = v.reduce(0) { $0 + $1 * $1 }
    let along = zip(v, n).reduce(0) { $0 + $1.0 * $1.1 } / square
    for j in n.indices { n[j] -= along * v[j] }
    let side = ((1 - q * q) * square / n.reduce(0) { $0 + $1 * $1 }).squareRoot()
    return [latent[0]] + zip(v, n).map { Float(q * $0 + side * $1) }
  }

  @Test(
    "Mean and deviation of the unbiased estimate are the documented ones",
    arguments: [0.0, 0.3, 0.6, 0.9])
  func unbiased(q: Double) {
    let count = 4000
    var (sum, square, expected) = (0.0, 0.0, 0.0)
    for i in 0..<UInt64(count) {
      let latent = Self.latent(i)
      let probe = Self.probe(of: latent, q: q, noise: Self.latent(i + 1_000_000))
      let a = Double(latent[0])
      let cosine = a * a + (1 - a * a) * q
      let code = Self.encoder.code(of: i)
      let error =
        probe.withUnsafeBufferPointer { Self.model.unbiasedCosine(code, probe: $0) } - cosine
      let deviation = Self.model.deviation(cosine: cosine, a: a, b: a)
      let cell = 0.4 * 0.13 / 12.0.squareRoot() * a
      sum += error
      square += error * error
      expected += deviation * deviation + cell * cell
    }
    let deviation = (square / Double(count)).squareRoot()
    let predicted = (expected / Double(count)).squareRoot()
    #expect((sum / Double(count)).magnitude < 4 * predicted / Double(count).squareRoot() + 0.001)
    #expect((deviation / predicted - 1).magnitude < 0.06)
  }

  @Test("Over strangers the expected cosine leaves an error that has nothing to do with it")
  func regression() {
    let probe = Self.latent(77)
    let (b, count) = (Double(probe[0]), 20_000)
    var (product, square, error) = (0.0, 0.0, 0.0)
    for i in 1000..<UInt64(1000 + count) {
      let latent = Self.latent(i)
      let cosine = zip(latent, probe).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let code = Self.encoder.code(of: i)
      let estimate = probe.withUnsafeBufferPointer { Self.model.expectedCosine(code, probe: $0) }
      product += (cosine - estimate) * estimate
      square += estimate * estimate
      error += (cosine - estimate) * (cosine - estimate)
    }
    // Of a coordinate's square 1/144 the sign explains the square of its mean magnitude.
    let all = 1 - b * b
    let kept = probe.dropFirst().prefix(124).reduce(0.0) { $0 + Double($1) * Double($1) }
    let unknown = all / 144 - kept * Self.model.magnitude * Self.model.magnitude
    let predicted = (0.961 * unknown).squareRoot()
    #expect((product / square).magnitude < 0.03)
    #expect(((error / Double(count)).squareRoot() / predicted - 1).magnitude < 0.04)
  }

  @Test("Tables stay within their error bound, and their sums within a byte")
  func tables() {
    for i in UInt64(0)..<40 {
      var row = [Float](repeating: 0, count: Population.dimension)
      row.withUnsafeMutableBufferPointer { Self.population.writeTemplate(of: i, into: $0) }
      let latent = Self.latent(i)
      let probe = row.withUnsafeBufferPointer { SketchProbe(vector: $0, model: Self.model) }
      let largest = (0..<32).map { m in (0..<16).map { Int(probe.tables[16 * m + $0]) }.max() ?? 0 }
      #expect(largest.reduce(0, +) <= 255)
      #expect(largest.reduce(0, +) >= 240, "coarser than it need be")
      for m in 0..<31 {
        let entry = { (n: Int) in Int(probe.tables[16 * m + n]) }
        #expect((0..<16).allSatisfy { entry($0) == entry($0 & 3) + entry($0 & 12) - entry(0) })
      }
      for j in UInt64(0)..<200 {
        let code = Self.encoder.code(of: j)
        let exact = latent.withUnsafeBufferPointer { Self.model.expectedCosine(code, probe: $0) }
        #expect((probe.estimate(code) - exact).magnitude <= probe.errorBound + 1e-6)
        #expect(probe.score(code) <= 255)
      }
    }
  }

  @Test("A probe of zeros scores every code alike")
  func zero() {
    let probe = [Float](repeating: 0, count: Population.latentDimension).withUnsafeBufferPointer {
      SketchProbe(latent: $0, model: Self.model, pivot: 0)
    }
    let codes = (UInt64(0)..<50).map { Self.encoder.code(of: $0) }
    #expect(Set(codes.map { probe.score($0) }).count == 1)
    #expect(codes.allSatisfy { probe.estimate($0).magnitude < 1e-9 })
  }
}
