// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Population
import Testing

@Suite struct ScanTests {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafePointer<UInt8>?, Int, UnsafePointer<UInt16>?,
      UnsafeMutablePointer<UInt32>?, Int, UnsafeMutablePointer<Int>?
    ) -> Void

  static var kernels: [(name: String, scan: Kernel)] {
    var kernels: [(String, Kernel)] = [("chosen", sl_sketch_scan_batch)]
    #if arch(x86_64)
      if sl_sketch_scan_avx2_runs() { kernels.append(("avx2", sl_sketch_scan_batch_avx2)) }
      if sl_sketch_scan_vbmi_runs() { kernels.append(("vbmi", sl_sketch_scan_batch_vbmi)) }
      if sl_sketch_scan_avx512_runs() { kernels.append(("avx512", sl_sketch_scan_batch_avx512)) }
    #endif
    return kernels
  }

  static let untouched = UInt32(0xdead_beef)

  /// Hits of every probe, and that nothing is written past them but within `count` of each.
  static func run(
    _ kernel: Kernel, tables: [UInt8], codes: ArraySlice<UInt8>, thresholds: [UInt16]
  ) -> [[UInt32]] {
    let (probes, count) = (thresholds.count, codes.count / 16)
    let room = count + 3
    var hits = [UInt32](repeating: untouched, count: probes * room)
    var found = [Int](repeating: -1, count: probes)
    codes.withUnsafeBufferPointer { codes in
      kernel(tables, probes, codes.baseAddress, count, thresholds, &hits, room, &found)
    }
    for p in 0..<probes {
      #expect(hits[p * room + count..<(p + 1) * room].allSatisfy { $0 == untouched })
    }
    return (0..<probes).map { Array(hits[$0 * room..<$0 * room + found[$0]]) }
  }

  /// Tables that add up to 255 at most, and exactly so for every other probe.
  static func tables(_ probes: Int, _ generator: inout SplitMix64) -> [UInt8] {
    var tables: [UInt8] = []
    for probe in 0..<probes {
      var left = 255
      for m in 0..<31 {
        var bits = [[Int]]()
        for _ in 0..<4 {
          let value = Int.random(in: 0...min(left, m % 5 == 0 ? 7 : 2), using: &generator)
          left -= value
          bits.append(Bool.random(using: &generator) ? [0, value] : [value, 0])
        }
        tables += (0..<16).map { n in UInt8((0..<4).reduce(0) { $0 + bits[$1][n >> $1 & 1] }) }
      }
      tables += (0..<16).map { _ in UInt8.random(in: 0...UInt8(left), using: &generator) }
      if probe % 2 == 0 { tables[tables.count - 1] = UInt8(left) }
    }
    return tables
  }

  @Test("Every kernel finds what the plain sum finds, in order, at any size and alignment")
  func sizes() {
    var generator = SplitMix64(seed: 1)
    let codes = (0..<16 * 1100).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for count in [
      0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 193, 1023, 1025, 1090,
    ] {
      for probes in [0, 1, 2, 3, 5, 8] {
        let tables = Self.tables(probes, &generator)
        let thresholds = (0..<probes).map { [UInt16(130), 0, 150, 256, .max, 1, 255][$0 % 7] }
        for offset in [0, 1, 32] {
          let slice = codes[offset..<offset + 16 * count]
          let expected = (0..<probes).map { p -> [UInt32] in
            (0..<count).compactMap { i in
              let score = slice[(offset + 16 * i)..<(offset + 16 * i + 16)].enumerated()
                .reduce(0) { sum, byte in
                  let row = 512 * p + 32 * byte.offset
                  return sum + Int(tables[row + Int(byte.element & 15)])
                    + Int(tables[row + 16 + Int(byte.element >> 4)])
                }
              return score >= thresholds[p] ? UInt32(score << 20 | i) : nil
            }
          }
          for kernel in Self.kernels + [("portable", sl_sketch_scan_batch_portable)] {
            let found = Self.run(
              kernel.scan, tables: tables, codes: slice, thresholds: thresholds)
            #expect(found == expected, "\(kernel.name), \(count) codes, \(probes) probes")
          }
        }
      }
    }
  }

  @Test("Codes of all ones and all zeros under the fullest tables do not overflow")
  func extremes() {
    // Of 31 nibbles one bit each adds 8 where it is set; the cell adds 7 always.
    let nibble = (0..<16).map { UInt8($0 & 4 == 0 ? 0 : 8) }
    let tables =
      (0..<31).flatMap { _ in nibble } + [UInt8](repeating: 7, count: 16)
    let codes = [UInt8](repeating: 0xff, count: 16 * 70) + [UInt8](repeating: 0, count: 16 * 70)
    for kernel in Self.kernels {
      let hits = Self.run(
        kernel.scan, tables: tables + tables, codes: codes[...], thresholds: [255, 7])
      let all = (0..<140).map { UInt32(($0 < 70 ? 255 : 7) << 20 | $0) }
      #expect(hits == [Array(all[..<70]), all], "\(kernel.name)")
    }
  }

  @Test("A hit's score is that of the probe's own reference, and mates are high in the list")
  func reference() {
    let population = Population(seed: 12)
    let encoder = SketchEncoder(population: population)
    let model = SketchModel(population.description)
    let codes = EncoderTests.codes(encoder, 0..<20_000)
    var row = [Float](repeating: 0, count: Population.dimension)
    var ahead = 0
    for mate in UInt64(0)..<40 {
      row.withUnsafeMutableBufferPointer {
        _ = population.writeCapture(of: mate, line: .c, draw: 3, into: $0)
      }
      let probe = row.withUnsafeBufferPointer { SketchProbe(vector: $0, model: model) }
      let hits = Self.run(
        sl_sketch_scan_batch, tables: probe.tables, codes: codes[...], thresholds: [0])[0]
      #expect(hits.count == 20_000)
      for i in stride(from: 0, to: 20_000, by: 997) {
        #expect(Int(hits[i] >> 20) == probe.score(encoder.code(of: UInt64(i))))
      }
      let score = hits[Int(mate)] >> 20
      ahead += hits.count { $0 >> 20 > score }
    }
    #expect(ahead < 40 * 10)
  }
}
