// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Kernels of people with relatives and cells")
struct PersonKernelTests {
  #if arch(x86_64)
    @Test(
      "Portable and AVX2 kernels write the same bits, with and without relative and cell",
      arguments: [(false, false), (false, true), (true, false), (true, true)])
    func variants(hasAnchor: Bool, hasCell: Bool) throws {
      guard sl_cpu().uses_avx2 else { return }
      let tables = try #require(sl_generator_create())
      var generator = SplitMix64(seed: hasAnchor ? 17 : 18)
      var centre = [Double](repeating: 0, count: 144)
      sl_write_direction(tables, 9, &centre)
      var (a, b) = ([Float](repeating: 0, count: 147), [Float](repeating: 1, count: 147))
      for round in 0..<4000 {
        let deviation = Double.random(in: 0...0.9, using: &generator)
        let typicality = sl_typicality(mean: 0.15, deviation: deviation, low: -0.6, high: 0.8)
        var person = sl_person()
        person.start = generator.next()
        person.anchor = generator.next()
        person.has_anchor = hasAnchor
        person.alike = Double.random(in: -1...1, using: &generator)
        person.common = round % 9 == 0 ? 0 : Double.random(in: 0..<1, using: &generator)
        let offset = round % 2
        // One float too many on either side, to see that nothing else is written.
        a.withUnsafeMutableBufferPointer { a in
          b.withUnsafeMutableBufferPointer { b in
            guard let a = a.baseAddress, let b = b.baseAddress else { return }
            b.update(from: a, count: 147)
            for (kernel, row) in [
              (sl_write_person_latent_portable, a), (sl_write_person_latent_avx2, b),
            ] {
              if hasCell {
                kernel(tables, typicality, person, centre, row + offset)
              } else {
                kernel(tables, typicality, person, nil, row + offset)
              }
            }
          }
        }
        #expect(a.map(\.bitPattern) == b.map(\.bitPattern))
      }
    }
  #endif
}
