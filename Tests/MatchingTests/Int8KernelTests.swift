// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("int8 kernels")
struct Int8KernelTests {
  private struct Hit: Hashable {
    let score: UInt32
    let row: UInt32
  }

  private typealias Kernel = (
    UnsafeRawPointer?, Int, UnsafePointer<Int8>?, UnsafePointer<Float>?, Int, Int,
    UnsafePointer<Float>?, UnsafeMutablePointer<sl_hit>?, Int, UnsafeMutablePointer<Int>?
  ) -> Void

  /// Every variant this machine runs.
  private static var kernels: [(name: String, run: Kernel)] {
    var all: [(String, Kernel)] = [
      ("portable", { sl_best_rows_int8_portable($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) }),
      ("chosen", { sl_best_rows_int8($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) }),
    ]
    #if arch(x86_64)
      if sl_best_rows_int8_avx2_runs() {
        all.append(("avx2", { sl_best_rows_int8_avx2($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) }))
      }
      if sl_best_rows_int8_vnni_runs() {
        all.append(("vnni", { sl_best_rows_int8_vnni($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) }))
      }
    #endif
    return all
  }

  /// A probe's scale and bytes, by the rule of the header.
  private func quantized(_ probe: ArraySlice<Float>) -> (scale: Float, bytes: [Int]) {
    let scale = (probe.map(\.magnitude).max() ?? 0) / 127
    return (scale, probe.map { scale > 0 ? Int(($0 / scale).rounded(.toNearestOrEven)) : 0 })
  }

  private func floats(_ count: Int, _ seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
  }

  private func bytes(_ count: Int, _ seed: UInt64) -> [Int8] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Int8.random(in: .min...(.max), using: &generator) }
  }

  /// Packs and runs a kernel on rows that start `offset` bytes into their memory; also checks that
  /// nothing is written beyond the hits.
  private func hits(
    _ kernel: Kernel, _ probes: [Float], _ rows: [Int8], _ scales: [Float], dimension: Int,
    thresholds: [Float], offset: Int
  ) -> [[Hit]] {
    let count = thresholds.count
    let room = scales.count + 3
    let size = sl_packed_int8_bytes(count, dimension)
    let packed = UnsafeMutableRawPointer.allocate(byteCount: size + 64, alignment: 64)
    defer { packed.deallocate() }
    let base = packed + 4 * offset
    var residuals = [Double](repeating: -1, count: count)
    sl_pack_probes_int8(probes, count, dimension, base, &residuals)
    let untouched = sl_hit(score: -7, row: 77)
    var out = [sl_hit](repeating: untouched, count: count * room)
    var found = [Int](repeating: -1, count: count)
    let moved = [Int8](repeating: 1, count: offset) + rows
    moved.withUnsafeBufferPointer {
      kernel(
        UnsafeRawPointer(base), count, $0.baseAddress.map { $0 + offset }, scales, scales.count,
        dimension, thresholds, &out, room, &found)
    }
    return (0..<count).map { p in
      let own = out[p * room..<(p + 1) * room]
      #expect(own.dropFirst(found[p]).allSatisfy { $0.score == -7 && $0.row == 77 })
      return own.prefix(found[p]).map { Hit(score: $0.score.bitPattern, row: $0.row) }
    }
  }

  private func check(dimension: Int, probes count: Int, rows rowCount: Int, offset: Int) {
    let probes = floats(count * dimension, UInt64(dimension + 1))
    let rows = bytes(rowCount * dimension, UInt64(rowCount + 7))
    var scales = floats(rowCount, 9).map { $0.magnitude / 100 + 1e-4 }
    for (i, value) in [Float.nan, .infinity, -.infinity, 0, -0.01].enumerated()
    where 3 * i + 1 < rowCount {
      scales[3 * i + 1] = value
    }
    let thresholds: [Float] = (0..<count).map { [-.infinity, 0, 0.5, -0.5, .nan, 40][$0 % 6] }
    let expected: [[Hit]] = (0..<count).map { p in
      let probe = quantized(probes[p * dimension..<(p + 1) * dimension])
      return (0..<rowCount).compactMap { j in
        let sum = (0..<dimension).reduce(0) { $0 + probe.bytes[$1] * Int(rows[j * dimension + $1]) }
        let score = Float(sum) * scales[j] * probe.scale
        return score.isFinite && score >= thresholds[p]
          ? Hit(score: score.bitPattern, row: UInt32(j)) : nil
      }
    }
    for kernel in Self.kernels {
      let got = hits(
        kernel.run, probes, rows, scales, dimension: dimension, thresholds: thresholds,
        offset: offset)
      let same = got == expected
      #expect(same, "\(kernel.name): \(count) probes, \(rowCount) rows of \(dimension)")
    }
  }

  @Test(
    "Every variant gives the reference's bits at every dimension",
    arguments: [0, 1, 3, 4, 5, 15, 16, 17, 31, 63, 64, 65, 145, 511, 512, 513])
  func dimensions(_ dimension: Int) {
    for (probes, rows) in [(1, 17), (2, 9), (3, 5), (7, 13), (16, 9), (33, 11), (65, 6)] {
      check(dimension: dimension, probes: probes, rows: rows, offset: dimension % 4)
    }
  }

  @Test(
    "Every variant gives the reference's bits in every batch",
    arguments: [0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 15, 16, 17, 32, 33, 48, 49, 64, 65, 130])
  func batches(_ probes: Int) {
    for rows in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31] {
      check(dimension: 70, probes: probes, rows: rows, offset: rows % 4)
    }
  }

  @Test("The largest bytes neither saturate nor overflow", arguments: [1, 4, 16, 64])
  func extremes(_ count: Int) {
    for dimension in [512, 2_048] {
      for (sign, byte) in [(Float(1), Int8.min), (-1, .min), (1, .max), (-1, .max)] {
        let probes = [Float](repeating: sign, count: count * dimension)
        let rows = [Int8](repeating: byte, count: 5 * dimension)
        let scale: Float = 1 / 127
        let expected = Float(dimension * Int(byte) * Int(sign * 127)) * scale * scale
        for kernel in Self.kernels {
          let got = hits(
            kernel.run, probes, rows, .init(repeating: scale, count: 5), dimension: dimension,
            thresholds: .init(repeating: -.infinity, count: count), offset: 1)
          for list in got {
            #expect(list == (0..<5).map { Hit(score: expected.bitPattern, row: $0) })
          }
        }
      }
    }
  }

  @Test(
    "What quantization takes from a probe is told, and no coordinate loses more than half a step")
  func residuals() {
    for dimension in [1, 7, 145, 512] {
      var probes = floats(3 * dimension, 4)
      for i in 0..<dimension { probes[dimension + i] = 0 }
      let packed = UnsafeMutableRawPointer.allocate(
        byteCount: sl_packed_int8_bytes(3, dimension), alignment: 64)
      defer { packed.deallocate() }
      var residuals = [Double](repeating: -1, count: 3)
      sl_pack_probes_int8(probes, 3, dimension, packed, &residuals)
      for p in 0..<3 {
        let probe = probes[p * dimension..<(p + 1) * dimension]
        let (scale, bytes) = quantized(probe)
        let lost = zip(probe, bytes).map { Double($0) - Double(scale) * Double($1) }
        #expect(lost.allSatisfy { $0.magnitude <= Double(scale) * 0.5001 })
        let length = lost.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect((residuals[p] - length).magnitude < 1e-12)
      }
      #expect(residuals[1] == 0)
    }
  }

  @Test("The chosen variant is one of the known")
  func variant() {
    #expect(
      ["avx512vnni", "avx2", "portable"].contains(String(cString: sl_best_rows_int8_variant())))
  }
}
