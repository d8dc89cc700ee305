// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Score kernels")
struct ScoreKernelTests {
  private static let sizes = [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 145, 511, 512, 513]

  private func floats(_ count: Int, _ seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
  }

  @Test("The exact inner product has the same bits in both variants", arguments: sizes)
  func exactDot(_ size: Int) {
    for offset in 0..<3 {
      let (a, b) = (floats(size + offset, 1), floats(size + offset, 2))
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          let portable = sl_exact_dot_portable(a + offset, b + offset, size)
          #expect(sl_exact_dot(a + offset, b + offset, size) == portable)
          #if arch(x86_64)
            guard sl_cpu().uses_avx2 else { return }
            #expect(sl_exact_dot_avx2(a + offset, b + offset, size) == portable)
          #endif
        }
      }
    }
  }

  @Test("Scores agree with double precision for every tile shape, in both variants")
  func scores() {
    for (probes, rows, dimension) in [
      (1, 1, 512), (2, 5, 512), (3, 13, 145), (4, 12, 512), (5, 25, 513), (7, 3, 7), (16, 24, 511),
      (9, 0, 512), (0, 9, 512),
    ] {
      let (p, r) = (floats(probes * dimension, 3), floats(rows * dimension, 4))
      let stride = rows + 2
      var portable = [Float](repeating: -7, count: probes * stride)
      var chosen = portable
      sl_scores_portable(p, probes, r, rows, dimension, &portable, stride)
      sl_scores(p, probes, r, rows, dimension, &chosen, stride)
      for i in 0..<probes {
        for j in 0..<stride {
          let at = i * stride + j
          guard j < rows else {
            #expect(portable[at] == -7 && chosen[at] == -7)
            continue
          }
          let exact = (0..<dimension).reduce(0.0) {
            $0 + Double(p[i * dimension + $1]) * Double(r[j * dimension + $1])
          }
          #expect((Double(portable[at]) - exact).magnitude < 1e-4)
          #expect((Double(chosen[at]) - exact).magnitude < 1e-4)
        }
      }
    }
  }

  @Test("Selection finds finite scores at or above the threshold, in order", arguments: sizes)
  func select(_ size: Int) {
    var scores = floats(size, 5)
    for (i, value) in [Float.nan, .infinity, -.infinity, 0.5, .greatestFiniteMagnitude].enumerated()
    where 6 * i < size {
      scores[6 * i] = value
    }
    for threshold in [-Float.infinity, -0.5, 0.5, 0.99, 2] {
      let expected = (0..<size).filter { scores[$0] >= threshold && scores[$0].isFinite }
      var indices = [UInt32](repeating: 0, count: size + 8)
      let found = sl_select(scores, size, threshold, &indices)
      #expect(indices[..<found].map { Int($0) } == expected)
      let again = sl_select_portable(scores, size, threshold, &indices)
      #expect(indices[..<again].map { Int($0) } == expected)
    }
  }
}
