// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Kernels of latent vectors")
struct LatentKernelTests {
  #if arch(x86_64)
    @Test("Portable and AVX-512 kernels write the same bits, aligned or not")
    func variants() throws {
      guard sl_write_latent_avx512_runs() else { return }
      let tables = try #require(sl_generator_create())
      var generator = SplitMix64(seed: 23)
      for round in 0..<20_000 {
        let typicality = sl_typicality(
          mean: 0.15, deviation: Double.random(in: 0...0.9, using: &generator), low: -0.6,
          high: 0.8)
        // The ends of the range of streams too: sums of words wrap around.
        let start = round < 4 ? UInt64(bitPattern: Int64(round - 2)) : generator.next()
        let offset = round % 2
        // One float too many on either side, to see that nothing else is written.
        let rows = [sl_write_latent_portable, sl_write_latent_avx512, sl_write_latent].map {
          kernel in
          var row = [Float](repeating: 7, count: 147)
          row.withUnsafeMutableBufferPointer { row in
            guard let base = row.baseAddress else { return }
            kernel(tables, typicality, start, base + offset)
          }
          return row.map(\.bitPattern)
        }
        #expect(rows[0] == rows[1] && rows[0] == rows[2])
        #expect(rows[0][offset == 0 ? 145 : 0] == Float(7).bitPattern)
      }
    }
  #endif
}
