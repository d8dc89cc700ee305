// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Population
import Synchronization

/// One pass over all codes for some mated probes of line C, with the list that each would leave.
struct Scan {
  /// Codes of one kernel call: 512 KiB, with its hits in the cache.
  static let piece = 1 << 15
  /// Share of the gallery that a list is meant to hold.
  static let share = 2.5e-4

  let gallery: SketchGallery
  let tables: [UInt8]
  let thresholds: [UInt16]
  let mates: [Int]
  let mateScores: [Int]

  init(_ gallery: SketchGallery, _ population: Population, probes: Int) {
    self.gallery = gallery
    let model = SketchModel(population.description)
    let sample = (0..<min(gallery.count, 200_000)).map { gallery.code($0) }
    var tables: [UInt8] = []
    var thresholds: [UInt16] = []
    var mates: [Int] = []
    var mateScores: [Int] = []
    var row = [Float](repeating: 0, count: Population.dimension)
    for p in 0..<probes {
      let mate = gallery.count / probes * p
      unsafe row.withUnsafeMutableBufferPointer {
        _ = unsafe population.writeCapture(of: UInt64(mate), line: .c, draw: 0, into: $0)
      }
      let probe = unsafe row.withUnsafeBufferPointer {
        unsafe SketchProbe(vector: $0, model: model)
      }
      let scores = sample.map { probe.score($0) }.sorted(by: >)
      let rank = min(Int(Double(sample.count) * Self.share), max(sample.count - 1, 0))
      tables += probe.tables
      thresholds.append(UInt16(scores[rank]))
      mates.append(mate)
      mateScores.append(probe.score(gallery.code(mate)))
    }
    (self.tables, self.thresholds) = (tables, thresholds)
    (self.mates, self.mateScores) = (mates, mateScores)
  }

  func report(_ arguments: Arguments) async throws {
    let probes = mates.count
    let found = Mutex([Int](repeating: 0, count: probes))
    let above = Mutex([Int](repeating: 0, count: probes))
    var best = Double.infinity
    for _ in 0..<arguments.repeats {
      found.withLock { $0 = [Int](repeating: 0, count: probes) }
      above.withLock { $0 = [Int](repeating: 0, count: probes) }
      let scratch = (0..<arguments.threads).map { _ in Scratch(probes: probes) }
      let start = Usage.now
      try await Pieces(count: gallery.count, each: Self.piece).run(threads: arguments.threads) {
        worker, range in
        scratch[worker].scan(self, range)
      }
      best = min(best, (Usage.now - start).wall)
      for worker in scratch {
        for p in 0..<probes {
          found.withLock { $0[p] += worker.total[p] }
          above.withLock { $0[p] += worker.better[p] }
        }
      }
    }
    let each = best / Double(max(gallery.count, 1)) / Double(probes) * 1e9
    let listed = found.withLock { $0.reduce(0, +) } / probes
    let inside = zip(mateScores, thresholds).count { $0 >= Int($1) }
    let ranks = above.withLock { $0.sorted() }
    print(
      "scan, \(probes) probes a pass: \(text(best)) s, \(text(each)) ns a code and probe of wall, "
        + "\(text(Double(gallery.byteCount) / best / 1e9)) GB/s, \(text(Double(probes) / best)) "
        + "probes/s; lists of \(listed) on average hold \(inside) of \(probes) mates, median rank "
        + "\(ranks[probes / 2] + 1), worst \(ranks[probes - 1] + 1)")
  }
}

/// What one worker needs for its passes; used by one thread at a time.
final class Scratch: @unchecked Sendable {
  var hits: [UInt32]
  var found: [Int]
  var total: [Int]
  var better: [Int]

  init(probes: Int) {
    hits = .init(repeating: 0, count: probes * Scan.piece)
    found = .init(repeating: 0, count: probes)
    (total, better) = (found, found)
  }

  func scan(_ scan: Scan, _ range: Range<Int>) {
    let probes = total.count
    unsafe scan.gallery.withCodes(range) { codes in
      unsafe sl_sketch_scan_batch(
        scan.tables, probes, codes.baseAddress?.assumingMemoryBound(to: UInt8.self), range.count,
        scan.thresholds, &hits, Scan.piece, &found)
    }
    for p in 0..<probes {
      total[p] += found[p]
      for i in 0..<found[p] where Int(hits[p * Scan.piece + i] >> 20) > scan.mateScores[p] {
        better[p] += 1
      }
    }
  }
}
