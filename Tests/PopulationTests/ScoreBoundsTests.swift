// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Bounds of scores")
struct ScoreBoundsTests {
  private static let untouched: Float = -77

  private static func latent(_ identity: UInt64, _ population: Population) -> [Float] {
    var latent = [Float](repeating: 0, count: Population.latentDimension)
    latent.withUnsafeMutableBufferPointer { population.writeLatent(of: identity, into: $0) }
    return latent
  }

  /// Probes of every kind: alike to somebody, one coordinate, a typicality alone, nothing.
  private static func probes(_ population: Population) -> [[Float]] {
    var axis = [Float](repeating: 0, count: 145)
    axis[144] = -1
    var hub = [Float](repeating: 0, count: 145)
    hub[0] = 1
    var capture = [Float](repeating: 0, count: 145)
    capture.withUnsafeMutableBufferPointer {
      _ = population.writeLatentCapture(of: 12, line: .c, draw: 1, into: $0)
    }
    return [
      latent(1, population), latent(900, population), capture, axis, hub,
      [Float](repeating: 0, count: 145),
    ]
  }

  #if arch(x86_64)
    @Test("Portable and AVX-512 kernels give the same bits at any count, and write nothing else")
    func variants() throws {
      guard sl_score_bounds_avx512_runs() else { return }
      let generator = try #require(sl_generator_create())
      var random = SplitMix64(seed: 3)
      let population = Population(seed: 1)
      for typicality in [
        sl_typicality(mean: 0.15, deviation: 0.13, low: -0.6, high: 0.8),
        sl_typicality(mean: 0, deviation: 0, low: -0.5, high: 0.5),
        sl_typicality(mean: 0.9, deviation: 5, low: -0.999, high: 0.999),
      ] {
        let tables = UnsafeMutablePointer<sl_bounds>.allocate(capacity: 1)
        defer { tables.deallocate() }
        sl_bounds_fill(generator, typicality, tables)
        for latent in Self.probes(population) {
          var probe = sl_bounds_probe()
          sl_bounds_probe_fill(latent, &probe)
          for count in [0, 1, 7, 8, 9, 15, 17, 1000] {
            let identities = (0..<count).map { _ in random.next() }
            let key = random.next()
            let all = [sl_score_bounds_portable, sl_score_bounds_avx512, sl_score_bounds].map {
              kernel in
              var middle = [Float](repeating: Self.untouched, count: count + 9)
              var reach = middle
              kernel(tables, key, &probe, identities, count, &middle, &reach)
              #expect((middle[count...] + reach[count...]).allSatisfy { $0 == Self.untouched })
              return middle.map(\.bitPattern) + reach.map(\.bitPattern)
            }
            #expect(all[0] == all[1])
            #expect(all[0] == all[2])
          }
        }
      }
    }
  #endif

  @Test(
    "Every cosine lies within its bounds, with and without relatives and cells",
    arguments: [(false, false), (true, false), (false, true), (true, true)])
  func sound(hasRelatives: Bool, hasCells: Bool) throws {
    var description = PopulationDescription(seed: 21)
    if hasRelatives { description.relatives = Relatives(population: 1 << 31) }
    if hasCells { description.cells = .uniform() }
    let population = try Population(description)
    let bounds = ScoreBounds(population)
    var random = SplitMix64(seed: 4)
    let count = hasRelatives || hasCells ? 3_000 : 40_000
    let identities =
      [1, 12, 900] + (0..<count).map { _ in UInt64.random(in: 0..<1 << 40, using: &random) }
    for probe in Self.probes(population) {
      var middle = [Float](repeating: 0, count: identities.count)
      var reach = middle
      let ready = ScoreBounds.Probe(latent: probe)
      identities.withUnsafeBufferPointer { identities in
        middle.withUnsafeMutableBufferPointer { middle in
          reach.withUnsafeMutableBufferPointer { reach in
            bounds.write(of: identities, probe: ready, middle: middle, reach: reach)
          }
        }
      }
      var outside = 0
      for (i, identity) in identities.enumerated() {
        let exact = zip(Self.latent(identity, population), probe)
          .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        if (exact - Double(middle[i])).magnitude > Double(reach[i]) { outside += 1 }
      }
      #expect(outside == 0)
      // A bound so wide that it says nothing would be sound too.
      let mean = reach.reduce(0, +) / Float(reach.count)
      #expect(mean < 0.04, "mean reach \(mean)")
    }
  }
}
