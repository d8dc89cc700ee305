// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Population
import Testing

@Suite("Products fused with selection")
struct PackedKernelTests {
  typealias Kernel =
    @Sendable (
      UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, Int, UnsafePointer<Float>?,
      UnsafeMutablePointer<sl_hit>?, Int, UnsafeMutablePointer<Int>?
    ) -> Void

  /// Every variant this machine can run.
  static let kernels: [(name: String, run: Kernel)] = {
    var all: [(String, Kernel)] = [
      ("portable", sl_best_rows_portable), ("chosen", sl_best_rows),
    ]
    #if arch(x86_64)
      if sl_cpu().uses_avx2 { all.append(("avx2", sl_best_rows_avx2)) }
      if sl_cpu().avx512f { all.append(("avx512", sl_best_rows_avx512)) }
    #endif
    return all
  }()

  private struct Problem {
    var probes: [Float]
    var rows: [Float]
    var dimension: Int
    var thresholds: [Float]
    /// Floats before the rows, so that they are not aligned.
    var offset = 0

    var probeCount: Int { thresholds.count }
    var rowCount: Int { (rows.count - offset) / dimension }

    init(_ probes: Int, _ rows: Int, _ dimension: Int, offset: Int = 0, threshold: Float = 0) {
      var generator = SplitMix64(seed: UInt64(probes * 1000 + rows * 10 + dimension))
      func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
      }
      self.probes = floats(probes * dimension)
      self.rows = floats(rows * dimension + offset)
      self.dimension = dimension
      self.offset = offset
      thresholds = [Float](repeating: threshold, count: probes)
    }

    func exact(_ probe: Int, _ row: Int) -> Double {
      (0..<dimension).reduce(0.0) {
        $0 + Double(probes[probe * dimension + $1]) * Double(rows[offset + row * dimension + $1])
      }
    }

    /// For each probe the hits, and nothing written beyond them.
    func solve(_ kernel: Kernel) -> [[(row: Int, score: Float)]] {
      let room = rowCount + 3
      var packed = [Float](repeating: .nan, count: max(sl_packed_floats(probeCount, dimension), 1))
      sl_pack_probes(probes, probeCount, dimension, &packed)
      var hits = [sl_hit](repeating: sl_hit(score: -7, row: 7), count: max(probeCount * room, 1))
      var found = [Int](repeating: -1, count: max(probeCount, 1))
      rows.withUnsafeBufferPointer { rows in
        kernel(
          packed, probeCount, rows.baseAddress.map { $0 + offset }, rowCount, dimension,
          thresholds, &hits, room, &found)
      }
      return (0..<probeCount).map { probe in
        let own = hits[probe * room..<(probe + 1) * room]
        #expect(own.dropFirst(found[probe]).allSatisfy { $0.score == -7 && $0.row == 7 })
        return own.prefix(found[probe]).map { (Int($0.row), $0.score) }
      }
    }

    func check(_ name: String, _ solution: [[(row: Int, score: Float)]]) {
      // Terms are at most 1, so sums are off by their number times a rounding of the largest sum.
      let error = 1e-6 * Double(dimension)
      for probe in 0..<probeCount {
        let own = solution[probe]
        #expect(own.map(\.row) == own.map(\.row).sorted(), "\(name)")
        let found = Dictionary(uniqueKeysWithValues: own.map { ($0.row, $0.score) })
        for row in 0..<rowCount {
          let exact = exact(probe, row)
          if let score = found[row] {
            #expect((Double(score) - exact).magnitude <= error, "\(name)")
            #expect(score >= thresholds[probe])
          } else if exact.isFinite {
            // Not `<`: nothing reaches a threshold that is not a number.
            let lost = exact >= Double(thresholds[probe]) + error
            #expect(!lost, "\(name) lost \(probe), \(row)")
          }
        }
      }
    }
  }

  @Test(
    "Agree with double precision at every number of probes",
    arguments: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 100])
  func probes(_ count: Int) {
    for rows in [0, 1, 13, 29] {
      let problem = Problem(count, rows, 65)
      for kernel in Self.kernels { problem.check(kernel.name, problem.solve(kernel.run)) }
    }
  }

  @Test(
    "Agree with double precision at every number of rows and coordinates",
    arguments: [1, 5, 6, 7, 11, 12, 13, 14, 15, 27, 28, 29, 41, 42, 43])
  func rows(_ rows: Int) {
    for dimension in [1, 7, 8, 15, 16, 17, 31, 32, 33, 64, 145, 512, 513] {
      for (probes, offset) in [(1, 1), (3, 2), (8, 3), (20, 1)] {
        let problem = Problem(probes, rows, dimension, offset: offset, threshold: 0.3)
        for kernel in Self.kernels { problem.check(kernel.name, problem.solve(kernel.run)) }
      }
    }
  }

  @Test("Each probe has its own threshold, which may be infinite", arguments: [1, 3, 8, 12, 40])
  func thresholds(_ probes: Int) {
    var problem = Problem(probes, 50, 32)
    for p in 0..<probes {
      problem.thresholds[p] =
        [-.infinity, 0.5, .infinity, -1, .nan, 3, -.greatestFiniteMagnitude][p % 7]
    }
    for kernel in Self.kernels {
      let solution = problem.solve(kernel.run)
      problem.check(kernel.name, solution)
      for p in 0..<probes {
        switch p % 7 {
        case 0, 6: #expect(solution[p].count == 50)
        case 2, 4: #expect(solution[p].isEmpty)
        default: break
        }
      }
    }
  }

  @Test(
    "Scores that are not finite are never hits, zero rows score 0", arguments: [1, 2, 8, 9, 40])
  func notFinite(_ probes: Int) {
    var problem = Problem(probes, 40, 100, threshold: -.infinity)
    let bad: [Int: Float] = [
      0: .nan, 5: .infinity, 13: -.infinity, 14: .greatestFiniteMagnitude, 39: .nan,
    ]
    for (row, value) in bad {
      for k in [3, 50, 99] { problem.rows[row * 100 + k] = value }
    }
    for k in 0..<100 { problem.rows[7 * 100 + k] = 0 }
    for kernel in Self.kernels {
      for own in problem.solve(kernel.run) {
        #expect(own.allSatisfy { $0.score.isFinite })
        #expect(Set(own.map(\.row)).isDisjoint(with: [0, 5, 13, 39]))
        #expect(own.first { $0.row == 7 }?.score == 0)
        #expect(own.count >= 35)
      }
    }
  }
}
