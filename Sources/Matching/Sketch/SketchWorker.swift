// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries

/// What one thread gathers in a scan: the best codes of each probe that it met.
///
/// Used by one thread at a time, and read when all have ended.
final class SketchWorker: @unchecked Sendable {
  private let limit: Int
  private let piece: Int
  private var hits: [UInt32]
  private var found: [Int]
  /// For each probe `score << 40 | identity`.
  private var lists: [[UInt64]]
  /// For each probe a score that `limit` codes met here reach already.
  private var floors: [UInt16]

  init(probes: Int, piece: Int, limit: Int) {
    self.limit = limit
    self.piece = piece
    hits = [UInt32](repeating: 0, count: probes * piece)
    found = [Int](repeating: 0, count: probes)
    lists = [[UInt64]](repeating: [], count: probes)
    floors = [UInt16](repeating: 0, count: probes)
  }

  /// Scans codes `first...` of the gallery for all probes.
  func scan(
    _ codes: UnsafeRawBufferPointer, first: Int, tables: [UInt8], thresholds: [UInt16]
  ) {
    let count = codes.count / SketchCode.byteCount
    let effective = zip(thresholds, floors).map { max($0, $1) }
    unsafe sl_sketch_scan_batch(
      tables, lists.count, codes.baseAddress?.assumingMemoryBound(to: UInt8.self), count,
      effective, &hits, piece, &found)
    for probe in lists.indices {
      for hit in hits[probe * piece..<probe * piece + found[probe]] {
        let identity = UInt64(first) + UInt64(hit & 0xf_ffff)
        lists[probe].append(UInt64(hit >> 20) << 40 | identity)
      }
      if lists[probe].count > 2 * limit { prune(probe) }
    }
  }

  /// Keeps the `limit` best and all that tie with the last of them.
  private func prune(_ probe: Int) {
    let floor = Self.score(ofRank: limit - 1, in: lists[probe].lazy.map { UInt32($0 >> 40) })
    lists[probe].removeAll { $0 >> 40 < floor }
    floors[probe] = UInt16(floor)
  }

  /// The identities of the `limit` best codes of a probe over all workers, with all that tie with the
  /// last; it does not depend on who met which.
  static func best(of workers: [SketchWorker], probe: Int, limit: Int) -> [UInt64] {
    var all = workers.flatMap { $0.lists[probe] }
    if all.count > limit {
      let floor = score(ofRank: limit - 1, in: all.lazy.map { UInt32($0 >> 40) })
      all.removeAll { $0 >> 40 < floor }
    }
    return all.map { $0 & (1 << 40 - 1) }
  }

  /// The score of the entry at `rank` (0 is the best) among `scores`, each at most 2,040; 0 when there
  /// are no more than `rank`. O(n).
  static func score(ofRank rank: Int, in scores: some Sequence<UInt32>) -> UInt64 {
    var histogram = [Int](repeating: 0, count: 2_048)
    for score in scores { histogram[Int(score)] += 1 }
    var above = 0
    for score in histogram.indices.reversed() {
      above += histogram[score]
      if above > rank { return UInt64(score) }
    }
    return 0
  }
}

/// The best of the candidates offered, and those too near the last of them to be told apart.
struct BestCandidates {
  private let k: Int
  private(set) var candidates: [Candidate] = []
  private var floor = -Float.infinity

  init(_ k: Int) { self.k = k }

  /// Takes a candidate whose score is within `error` of the truth, if it may be among the `k` best.
  mutating func offer(_ candidate: Candidate, error: Float) {
    guard candidate.score >= floor else { return }
    candidates.append(candidate)
    guard candidates.count >= 4 * k + 64 else { return }
    candidates.sort { $0.precedes($1) }
    floor = candidates[k - 1].score - 2 * error
    candidates.removeAll { $0.score < floor }
  }
}
