// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Latent vectors in bytes")
struct LatentBytesTests {
  private let population = Population(seed: 8)
  private static let spread = Int(SL_SPREAD)

  private func latents(_ count: Int) -> [Float] {
    var all = [Float](repeating: 0, count: count * Population.latentDimension)
    all.withUnsafeMutableBufferPointer { all in
      for i in 0..<count {
        let row = all[i * Population.latentDimension..<(i + 1) * Population.latentDimension]
        population.writeLatent(of: UInt64(i), into: .init(rebasing: row))
      }
    }
    return all
  }

  private typealias Kernel = (
    UnsafePointer<Float>?, Int, UnsafeMutablePointer<Int8>?, UnsafeMutablePointer<Float>?
  ) -> Float

  private var kernels: [Kernel] {
    var kernels: [Kernel] = [sl_quantize_latents_portable, sl_quantize_latents]
    #if arch(x86_64)
      if sl_quantize_latents_avx512_runs() { kernels.append(sl_quantize_latents_avx512) }
    #endif
    return kernels
  }

  @Test("Spread vectors have the lengths and inner products of the latent ones")
  func spreads() {
    let rows = latents(20)
    var wide = [Float](repeating: 0, count: 20 * Self.spread)
    for i in 0..<20 {
      rows.withUnsafeBufferPointer { rows in
        wide.withUnsafeMutableBufferPointer { wide in
          sl_spread_latent(rows.baseAddress! + i * 145, wide.baseAddress! + i * Self.spread)
        }
      }
    }
    for i in 0..<20 {
      for j in 0..<20 {
        let (a, b) = (
          zip(rows[i * 145..<(i + 1) * 145], rows[j * 145..<(j + 1) * 145]),
          zip(wide[i * 160..<(i + 1) * 160], wide[j * 160..<(j + 1) * 160])
        )
        let difference =
          a.reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
          - b.reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(difference.magnitude < 1e-15)
      }
    }
  }

  @Test("Every variant rounds each coordinate to the nearest step", arguments: [0, 1, 2, 33])
  func rounds(_ count: Int) {
    var rows = latents(count)
    // The typicality largest, a zero vector, coordinates at the ends.
    if count == 33 {
      for j in 0..<145 { rows[5 * 145 + j] = j == 0 ? 0.9 : 0.01 }
      for j in 0..<145 { rows[6 * 145 + j] = 0 }
      for j in 0..<145 { rows[7 * 145 + j] = j % 2 == 0 ? -0.999 : 0.999 }
    }
    for kernel in kernels {
      // Misaligned on purpose: both ends hold what must not be touched.
      var bytes = [Int8](repeating: 99, count: count * Self.spread + 2)
      var scales = [Float](repeating: -1, count: count + 1)
      let bound = bytes.withUnsafeMutableBufferPointer {
        kernel(rows, count, $0.baseAddress! + 1, &scales)
      }
      #expect(bytes.first == 99 && bytes.last == 99 && scales.last == -1)
      var longest = 0.0
      for i in 0..<count {
        var wide = Array(rows[i * 145 + 1..<(i + 1) * 145])
        wide += [Float](repeating: rows[i * 145] / 4, count: 16)
        let largest = wide.map(\.magnitude).max() ?? 0
        #expect(scales[i] == largest / 127)
        var square = 0.0
        for j in 0..<Self.spread {
          let left = Double(wide[j]) - Double(scales[i]) * Double(bytes[1 + i * Self.spread + j])
          #expect(left.magnitude <= Double(scales[i]) * 0.50001)
          square += left * left
        }
        longest = max(longest, square.squareRoot())
      }
      #expect(Double(bound) >= longest && Double(bound) <= longest + 1e-4)
    }
  }

  @Test("Variants give the same bytes and scales")
  func variants() {
    let rows = latents(500)
    let results = kernels.map { kernel in
      var bytes = [Int8](repeating: 0, count: 500 * Self.spread)
      var scales = [Float](repeating: 0, count: 500)
      _ = kernel(rows, 500, &bytes, &scales)
      return (bytes, scales)
    }
    for result in results { #expect(result == results[0]) }
  }
}
