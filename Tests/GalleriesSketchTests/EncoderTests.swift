// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Population
import Testing

@Suite struct EncoderTests {
  static func codes(_ encoder: SketchEncoder, _ identities: Range<UInt64>) -> [UInt8] {
    var codes = [UInt8](repeating: 0xaa, count: identities.count * SketchCode.byteCount)
    codes.withUnsafeMutableBytes { encoder.writeCodes(of: identities, into: $0) }
    return codes
  }

  static func codesOfLatents(_ encoder: SketchEncoder, _ identities: Range<UInt64>) -> [UInt8] {
    var codes = [UInt8](repeating: 0x55, count: identities.count * SketchCode.byteCount)
    codes.withUnsafeMutableBytes { encoder.writeCodesOfLatents(of: identities, into: $0) }
    return codes
  }

  static var descriptions: [PopulationDescription] {
    var hubless = PopulationDescription(seed: 5)
    hubless.typicalityDeviation = 0
    var tight = PopulationDescription(seed: 6)
    (tight.typicalityMinimum, tight.typicalityMaximum) = (0.1, 0.2)
    var wide = PopulationDescription(seed: .max)
    wide.typicalityDeviation = 0.9
    return [1, 2, 1 << 63].map { PopulationDescription(seed: $0) } + [hubless, tight, wide]
  }

  @Test("Codes made from the words of a stream are those of the latent vectors")
  func direct() throws {
    for description in Self.descriptions {
      let encoder = SketchEncoder(population: try Population(description))
      #expect(encoder.isDirect)
      for first: UInt64 in [0, 12_345, 1_300_000_000 - 7, (1 << 40) - 3, .max - 3000] {
        let range = first..<first + 1000
        #expect(Self.codes(encoder, range) == Self.codesOfLatents(encoder, range))
      }
    }
  }

  @Test("Relatives and demographic cells: codes are still those of the latent vectors")
  func people() throws {
    var families = PopulationDescription(seed: 31)
    families.relatives = Relatives(population: 4000)
    families.relatives?.sibling.prevalence = 0.3
    var both = families
    both.cells = .uniform()
    var cells = PopulationDescription(seed: 31)
    cells.cells = .zipf()
    for description in [families, cells, both] {
      let encoder = SketchEncoder(population: try Population(description))
      #expect(!encoder.isDirect)
      #expect(Self.codes(encoder, 500..<3500) == Self.codesOfLatents(encoder, 500..<3500))
    }
  }

  @Test("A code is also had from the 512 coordinates of a template")
  func templates() {
    let encoder = SketchEncoder(population: Population(seed: 9))
    var row = [Float](repeating: 0, count: Population.dimension)
    for identity in UInt64(0)..<2000 {
      row.withUnsafeMutableBufferPointer {
        encoder.population.writeTemplate(of: identity, into: $0)
      }
      let code = row.withUnsafeBufferPointer { encoder.code(ofTemplate: $0) }
      #expect(code == encoder.code(of: identity))
    }
  }

  @Test("The way back from 512 coordinates gives the latent ones")
  func unmapped() {
    let population = Population(seed: 3)
    var row = [Float](repeating: 0, count: Population.dimension)
    var latent = [Float](repeating: 0, count: Population.latentDimension)
    var back = latent
    var worst: Float = 0
    var least = Float.infinity
    for identity in UInt64(0)..<500 {
      row.withUnsafeMutableBufferPointer { population.writeTemplate(of: identity, into: $0) }
      latent.withUnsafeMutableBufferPointer { population.writeLatent(of: identity, into: $0) }
      row.withUnsafeBufferPointer { row in
        back.withUnsafeMutableBufferPointer {
          LatentSpace.writeLatent(ofTemplate: row, into: $0)
        }
      }
      for j in 0..<latent.count { worst = max(worst, (latent[j] - back[j]).magnitude) }
      least = min(least, latent.dropFirst().map(\.magnitude).min() ?? 0)
    }
    #expect(worst < 1e-7)
    #expect(least > 4e-7)
  }

  @Test("The cell changes exactly where the typicality, as a float, passes a bound")
  func spareBounds() {
    let typicality = sl_typicality(mean: 0.15, deviation: 0.13, low: -0.6, high: 0.8)
    let cells = SketchCells(PopulationDescription(seed: 1))
    var spare = [UInt64](repeating: 0, count: 15)
    sl_sketch_spare_bounds(typicality, cells.bounds, &spare)
    #expect(spare == spare.sorted())
    for k in 0..<15 {
      for offset in -3000..<3000 {
        let value = UInt64(Int64(spare[k]) + Int64(offset))
        let z = sl_normal_quantile((Double(value) + 0.5) * 0x1p-48)
        let a = Float(min(max(0.15 + 0.13 * z, -0.6), 0.8))
        #expect((a >= cells.bounds[k]) == (offset >= 0))
      }
    }
  }

  @Test("Every variant writes the same bytes, at any count and alignment, and no more")
  func variants() {
    var source = sl_sketch_source()
    source.key = 0x1234_5678_9abc_def0
    withUnsafeMutableBytes(of: &source.spare) { bytes in
      for k in 0..<15 {
        bytes.storeBytes(of: UInt64(k + 1) << 44, toByteOffset: 8 * k, as: UInt64.self)
      }
    }
    for count in [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000] {
      for offset in [0, 1, 13] {
        let bytes = offset + count * 16 + 5
        var portable = [UInt8](repeating: 7, count: bytes)
        var chosen = portable
        portable.withUnsafeMutableBufferPointer {
          sl_sketch_codes_portable(&source, .max - 3, count, $0.baseAddress! + offset)
        }
        chosen.withUnsafeMutableBufferPointer {
          sl_sketch_codes(&source, .max - 3, count, $0.baseAddress! + offset)
        }
        #expect(portable == chosen)
      }
    }
  }

  @Test("Bits of a code follow the signs of the latent vector; neither zero nor NaN is negative")
  func signs() {
    var generator = SplitMix64(seed: 12)
    let least = Float.leastNonzeroMagnitude
    let values = [0.1, -0.1, 0, -0.0, .nan, -.nan, least, -least]
    let bounds = (1...15).map { Float($0) }
    for _ in 0..<300 {
      let latent = (0..<145).map { _ in values[Int(generator.next() % 8)] }
      var code = [UInt8](repeating: 0xaa, count: 16)
      sl_sketch_of_latent(latent, bounds, &code)
      for j in 0..<124 { #expect((code[j / 8] >> (j % 8) & 1 == 1) == (latent[1 + j] < 0)) }
      #expect(code[15] >> 4 == 0)
    }
  }

  @Test("The first codes of seed 1 are what they were")
  func knownAnswers() {
    let encoder = SketchEncoder(population: Population(seed: 1))
    let known: [(low: UInt64, high: UInt64)] = [
      (0xc965_d634_8c18_8782, 0x8e83_d175_09ce_fabc),
      (0x3ea0_a763_95d9_1588, 0x41d6_50fc_d6b4_75e4),
      (0x14ce_edcc_e45d_513f, 0x7d44_faeb_d01e_6574),
    ]
    for (identity, code) in known.enumerated() {
      #expect(encoder.code(of: UInt64(identity)) == SketchCode(low: code.low, high: code.high))
    }
  }
}
