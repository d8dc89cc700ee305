// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries

/// What one thread gathers in a scan of int8 templates.
///
/// Used by one thread at a time, and read when all have ended.
@safe final class Int8Worker: @unchecked Sendable {
  private(set) var reservoirs: [Int8Reservoir]
  private let k: Int
  private let block: Int
  // For each probe `block` places. Not an array, which would have to be filled: most is never touched.
  private let hits: UnsafeMutablePointer<sl_hit>
  private var found: [Int]
  private var thresholds: [Float]
  private var seen = 0

  init(probes: Int, block: Int, k: Int) {
    self.k = k
    self.block = block
    reservoirs = .init(repeating: Int8Reservoir(), count: probes)
    unsafe hits = .allocate(capacity: probes * block)
    found = .init(repeating: 0, count: probes)
    thresholds = .init(repeating: -.infinity, count: probes)
  }

  deinit { unsafe hits.deallocate() }

  /// Scores `range` of `rows`, whose scales reach `largestScale`. `rescored` gives the true score of a
  /// row for a probe.
  func scan(
    _ rows: QuantizedRows, _ range: Range<Int>, largestScale: Float, _ probes: QuantizedProbes,
    rescored: (_ row: UInt32, _ probe: Int) -> Candidate
  ) {
    // The first block in parts, each as long as all before: without a floor every row is a hit.
    var low = range.lowerBound
    while low < range.upperBound {
      let part = low..<min(range.upperBound, seen < block ? low + max(seen, 64) : range.upperBound)
      scanPart(rows, part, largestScale, probes, rescored)
      seen += part.count
      low = part.upperBound
    }
  }

  private func scanPart(
    _ rows: QuantizedRows, _ range: Range<Int>, _ largestScale: Float, _ probes: QuantizedProbes,
    _ rescored: (_ row: UInt32, _ probe: Int) -> Candidate
  ) {
    for probe in reservoirs.indices {
      thresholds[probe] = reservoirs[probe].floor - probes.errors[probe](largestScale)
    }
    let first = UInt32(truncatingIfNeeded: range.lowerBound)
    unsafe rows.withQuantized(range) { bytes, scales in
      unsafe probes.findBest(
        bytes, scales, dimension: rows.dimension, thresholds: thresholds, hits: hits, room: block,
        found: &found)
      for probe in reservoirs.indices where found[probe] > 0 {
        let error = probes.errors[probe]
        for place in 0..<found[probe] {
          let hit = unsafe hits[probe * block + place]
          reservoirs[probe].append(
            first &+ hit.row, score: hit.score, error: unsafe error(scales[Int(hit.row)]))
        }
        reservoirs[probe].tidy(k) { rescored($0, probe) }
      }
    }
  }
}
