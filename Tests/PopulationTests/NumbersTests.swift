// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Draws and numbers")
struct NumbersTests {
  @Test("SplitMix64 gives the reference's outputs")
  func splitMix() {
    var known = SplitMix64(seed: 1_234_567)
    #expect(known.next() == 6_457_827_717_110_365_317)
    #expect(known.next() == 3_203_168_211_198_807_973)
    #expect(known.next() == 9_817_491_932_198_370_423)
    #expect(known.next() == 4_593_380_528_125_082_431)
    #expect(known.next() == 16_408_922_859_458_223_821)
    var zero = SplitMix64(seed: 0)
    #expect(zero.next() == 0xe220_a839_7b1d_cdaf)
    #expect(zero.next() == 0x6e78_9e6a_a1b9_65f4)
    #expect(zero.next() == 0x06c4_5d18_8009_454f)
  }

  @Test("SplitMix64 in C and in Swift agree")
  func splitMixInC() {
    var state: UInt64 = 99
    var generator = SplitMix64(seed: 99)
    for _ in 0..<1000 { #expect(sl_splitmix64(&state) == generator.next()) }
  }

  @Test("Streams of other seeds, domains, identities and draws start elsewhere")
  func streams() {
    var starts = Set<UInt64>()
    for seed in 0..<4 as Range<UInt64> {
      for domain in [SplitMix64.Domain.identity, .capture] {
        for identity in 0..<8 as Range<UInt64> {
          starts.insert(SplitMix64(seed: seed, domain: domain, identity: identity).state)
          for draw in 0..<4 as Range<UInt64> {
            starts.insert(
              SplitMix64(seed: seed, domain: domain, identity: identity, draw: draw).state)
          }
        }
      }
    }
    #expect(starts.count == 4 * 2 * 8 * 5)
  }

  @Test(
    "The normal quantile agrees with 40-digit arithmetic",
    arguments: [
      (1e-20, -9.26234008979840757), (1e-10, -6.3613409024040562), (1e-5, -4.26489079392282463),
      (0.001, -3.09023230616781354), (0.0749, -1.44023826752796362),
      (0.0751, -1.43882539275253998), (0.3, -0.524400512708040784), (0.5, 0),
      (0.75, 0.674489750196081743), (0.975, 1.95996398454005424), (0.9999, 3.71901648545568056),
    ])
  func quantile(_ p: Double, _ z: Double) {
    // Towards p = 1 the quantile amplifies the rounding of p itself.
    #expect(near(sl_normal_quantile(p), z, 3e-15 * max(1, z.magnitude) + (p > 0.99 ? 1e-12 : 0)))
    if p <= 0.5 { #expect(near(sl_upper_normal_quantile(p), -z, 3e-15 * max(1, z.magnitude))) }
  }

  @Test(
    "The logarithm agrees with 40-digit arithmetic",
    arguments: [
      (1e-300, -690.77552789821370518), (1e-5, -11.512925464970228338),
      (0.5, -0.69314718055994530942), (0.7071, -0.34658318037194200028),
      (0.9999999, -1.0000000494736474329e-7), (1, 0),
      (1.0000001, 9.9999995058387045178e-8), (1.4142, 0.34656400018800330914),
      (2, 0.69314718055994530942), (10, 2.302585092994045684), (12345.678, 9.4210613212918319671),
    ])
  func logarithm(_ x: Double, _ expected: Double) {
    #expect(near(sl_log(x), expected, 2 * expected.ulp))
  }

  @Test("The half-normal table holds root mean squares, and has mean square 1")
  func table() throws {
    let tables = try #require(sl_generator_create())
    let expected: [(UInt16, Double)] = [
      (0, 1.10412789091e-5), (1, 2.92124781532e-5), (100, 0.00192197674509),
      (32768, 0.674501754634), (60000, 1.72534661046), (65000, 2.64491763683),
      (65500, 3.45925643511), (65534, 4.23900247034), (65535, 4.54080651934),
    ]
    for (index, value) in expected {
      #expect(near(Double(sl_generator_magnitude(tables, index)), value, 4e-7 * value))
    }
    var square = 0.0
    for index in 0...UInt16.max {
      let value = Double(sl_generator_magnitude(tables, index))
      square += value * value
    }
    #expect(near(square / 65536, 1, 1e-8))
  }
}
