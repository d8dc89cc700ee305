// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Population
import Testing

@Suite struct PersonCodeTests {
  /// The last two have limits that round to 1 as floats: nothing is left of a direction there.
  static let typicalities = [
    sl_typicality(mean: 0.15, deviation: 0.13, low: -0.6, high: 0.8),
    sl_typicality(mean: 0.15, deviation: 0, low: -0.6, high: 0.8),
    sl_typicality(mean: 0.1, deviation: 0.9, low: 0.1, high: 0.2),
    sl_typicality(mean: 0.9, deviation: 0.9, low: -0.5, high: 1 - 0x1p-50),
    sl_typicality(mean: -0.9, deviation: 0.9, low: 0x1p-50 - 1, high: 0),
  ]

  @Test(
    "The code of a person is that of the portable latent vector, with and without relative and cell",
    arguments: [(false, false), (false, true), (true, false), (true, true)])
  func variants(hasAnchor: Bool, hasCell: Bool) throws {
    let tables = try #require(sl_generator_create())
    let bounds = SketchCells(PopulationDescription(seed: 1)).bounds
    var generator = SplitMix64(seed: 71)
    var centre = [Double](repeating: 0, count: 144)
    sl_write_direction(tables, 9, &centre)
    for typicality in Self.typicalities {
      var spare = [UInt64](repeating: 0, count: 15)
      sl_sketch_spare_bounds(typicality, bounds, &spare)
      var differing = 0
      for round in 0..<3000 {
        var person = sl_person()
        person.start = generator.next()
        person.anchor = generator.next()
        person.has_anchor = hasAnchor
        person.alike = Double.random(in: -0.99...0.99, using: &generator)
        person.common = round % 9 == 0 ? 0 : Double.random(in: 0..<1, using: &generator)
        var latent = [Float](repeating: 0, count: 145)
        var expected = [UInt8](repeating: 1, count: 16)
        var code = [UInt8](repeating: 2, count: 16)
        centre.withUnsafeBufferPointer {
          let centre = hasCell ? $0.baseAddress : nil
          sl_write_person_latent_portable(tables, typicality, person, centre, &latent)
          sl_sketch_of_latent(latent, bounds, &expected)
          sl_sketch_of_person(tables, typicality, person, centre, spare, bounds, &code)
        }
        if code != expected { differing += 1 }
      }
      #expect(differing == 0)
    }
  }
}
