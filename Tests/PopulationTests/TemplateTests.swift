// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Files
import Population
import Testing

@Suite("Templates")
struct TemplateTests {
  private let population = Population(seed: 1)

  @Test("A template is a unit vector")
  func unit() {
    for identity in 0..<2000 as Range<UInt64> {
      let row = population.template(identity * 1_000_003)
      #expect(near(dot(row, row).squareRoot(), 1, 1e-6))
    }
  }

  @Test("The templates of seed 1 are those of generator version 1, to the bit")
  func golden() {
    let first = population.template(0)
    for (value, expected) in zip(first, TemplateTests.firstOfSeedOne) {
      #expect(near(Double(value), expected, 5e-7))
    }
    var rows = [Float](repeating: 0, count: 1000 * 512)
    rows.withUnsafeMutableBufferPointer { population.writeTemplates(of: 0..<1000, into: $0) }
    let digest = rows.withUnsafeBytes { SHA256Digest(of: $0) }
    #expect(digest.hex == TemplateTests.digestOfFirstThousand)
  }

  @Test("The captures of seed 1 are those of generator version 1, to the bit")
  func goldenCaptures() {
    let rows = (0..<100).flatMap { population.capture($0, .c, .kiosk, draw: 7).row }
    let digest = rows.withUnsafeBytes { SHA256Digest(of: $0) }
    #expect(digest.hex == TemplateTests.digestOfCaptures)
  }

  @Test("Writing many at once equals writing each, at any place in memory")
  func bulk() {
    for (first, count, offset) in [(0, 0, 0), (0, 1, 1), (5, 7, 3), (Int(1) << 40, 33, 5)] {
      var memory = [Float](repeating: .nan, count: count * 512 + offset)
      memory.withUnsafeMutableBufferPointer { buffer in
        let rows = UnsafeMutableBufferPointer(rebasing: buffer[offset...])
        population.writeTemplates(of: UInt64(first)..<UInt64(first + count), into: rows)
      }
      let expected = (0..<count).flatMap { population.template(UInt64(first + $0)) }
      #expect(Array(memory[offset...]) == expected)
      #expect(memory[..<offset].filter(\.isNaN).count == offset)
    }
  }

  @Test("The same seed gives the same bits, another seed others")
  func seeds() {
    #expect(Population(seed: 5).template(3) == Population(seed: 5).template(3))
    #expect(Population(seed: 5).template(3) != Population(seed: 6).template(3))
    #expect(Population(seed: 5).template(3) != Population(seed: 5).template(4))
  }

  @Test("Portable and AVX2 kernels write the same bits")
  func variants() throws {
    #if arch(x86_64)
      guard sl_cpu().uses_avx2 else { return }
      let tables = try #require(sl_generator_create())
      let typicality = sl_typicality(mean: 0.15, deviation: 0.13, low: -0.6, high: 0.8)
      var generator = SplitMix64(seed: 3)
      var (a, b) = ([Float](repeating: 0, count: 513), [Float](repeating: 1, count: 513))
      for round in 0..<5000 {
        let start = generator.next()
        let offset = round % 2
        a.withUnsafeMutableBufferPointer { a in
          b.withUnsafeMutableBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return }
            sl_write_template_portable(tables, typicality, start, a + offset)
            sl_write_template_avx2(tables, typicality, start, b + offset)
          }
        }
        let (left, right) = (a[offset..<offset + 512], b[offset..<offset + 512])
        #expect(left.map(\.bitPattern) == right.map(\.bitPattern))
      }
    #endif
  }

  @Test("A template is its latent vector mapped, and inner products survive")
  func latent() throws {
    let tables = try #require(sl_generator_create())
    for (i, j) in [(0, 1), (2, 9), (7, 7), (1000, 12)] as [(UInt64, UInt64)] {
      let (a, b) = (population.latent(i), population.latent(j))
      var mapped = [Float](repeating: 0, count: 512)
      sl_map_latent(tables, a, &mapped)
      #expect(mapped == population.template(i))
      #expect(near(dot(a, b), dot(population.template(i), population.template(j)), 1e-6))
    }
  }

  @Test("The map's 145 columns are orthonormal, and each is spread over all coordinates")
  func map() throws {
    let tables = try #require(sl_generator_create())
    let columns = (0..<145).map { axis -> [Float] in
      var latent = [Float](repeating: 0, count: 145)
      latent[axis] = 1
      var column = [Float](repeating: 0, count: 512)
      sl_map_latent(tables, latent, &column)
      return column
    }
    for i in 0..<145 {
      #expect((columns[i].map(\.magnitude).max() ?? 1) < 0.3)
      for j in 0...i { #expect(dot(columns[i], columns[j]) == (i == j ? 1 : 0)) }
    }
  }

  @Test("The description's digest follows every field, and a later version is refused")
  func descriptions() throws {
    let base = PopulationDescription(seed: 1)
    #expect(base.digest.hex == TemplateTests.digestOfDescription)
    var other = base
    other.typicalityDeviation = 0
    #expect(other.digest != base.digest)
    let flat = try Population(other)
    #expect(near(Double(flat.latent(4)[0]), 0.15, 1e-7))
    other.generatorVersion = 2
    #expect(throws: PopulationError.self) { try Population(other) }
    other = base
    other.typicalityMaximum = 1
    #expect(throws: PopulationError.self) { try Population(other) }
    other = base
    other.directionDimension = 128
    #expect(throws: PopulationError.self) { try Population(other) }
  }

  // Also reached by an independent program from the description in `Population`.
  static let firstOfSeedOne = [
    -0.0518846, 0.031724, -0.0404436, 0.0022468, -0.047506, 0.0671464, -0.0358433, 0.0768583,
  ]
  static let digestOfFirstThousand =
    "c08ad62a87a4e568e570ebf18f972151d501139bbf0fea3f00108e2c56af4889"
  static let digestOfCaptures = "d80c3f68220064645607c2556d3163c991f78b9adea029e2b38bbbe725f52afe"
  static let digestOfDescription =
    "62afec0a1bc43a9368e985381c09a3ff83638d0a19b73b160e4bd1a4db08eed9"
}
