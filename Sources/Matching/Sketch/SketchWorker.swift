// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries
internal import Population

/// Probes that share a pass over the codes, made ready.
struct SketchPanel: Sendable {
  /// 512 bytes a probe.
  var tables: [UInt8] = []
  /// For each probe the score from which on a code is on its list.
  var thresholds: [UInt16] = []
  var probes: [ScoreBounds.Probe] = []
  var latents: [[Float]] = []
}

/// What one thread gathers in a scan: for each probe the head of the list it met. Scratch memory, used
/// again by later searches.
@safe final class SketchWorker: @unchecked Sendable {
  // Unchecked: in a scan one thread uses a worker; after it threads read all workers, and each writes
  // but the scratch memory of its own; a matcher's store hands workers to one search at a time.

  /// Identities that wait for a look together, for each probe.
  private static let waitingRoom = 512

  private var hits: UnsafeMutableBufferPointer<UInt32>
  private var waiting: UnsafeMutableBufferPointer<UInt64>
  private let middle: UnsafeMutableBufferPointer<Float>
  private let reach: UnsafeMutableBufferPointer<Float>
  private var found: [Int] = []
  private var waitingCounts: [Int] = []
  private var heads: [SketchHead] = []
  private var room = 0

  init() {
    unsafe hits = .init(start: nil, count: 0)
    unsafe waiting = .init(start: nil, count: 0)
    unsafe middle = .allocate(capacity: Self.waitingRoom)
    unsafe reach = .allocate(capacity: Self.waitingRoom)
  }

  /// Makes room for `probes` probes, pieces of up to `piece` codes and lists of `k` >= 1, all empty.
  func prepare(probes: Int, piece: Int, k: Int) {
    room = piece
    if unsafe hits.count < probes * piece {
      unsafe hits.deallocate()
      unsafe hits = .allocate(capacity: probes * piece)
    }
    if unsafe waiting.count < probes * Self.waitingRoom {
      unsafe waiting.deallocate()
      unsafe waiting = .allocate(capacity: probes * Self.waitingRoom)
    }
    found = [Int](repeating: 0, count: probes)
    waitingCounts = [Int](repeating: 0, count: probes)
    heads.append(contentsOf: (heads.count..<max(probes, heads.count)).map { _ in SketchHead() })
    for probe in 0..<probes { heads[probe].prepare(k: k) }
  }

  /// Scans codes `first...` of the gallery for all probes.
  func scan(
    _ codes: UnsafeRawBufferPointer, first: Int, panel: borrowing SketchPanel, bounds: ScoreBounds
  ) {
    unsafe sl_sketch_scan_batch(
      panel.tables, found.count, codes.baseAddress?.assumingMemoryBound(to: UInt8.self),
      codes.count / SketchCode.byteCount, panel.thresholds, hits.baseAddress, room, &found)
    for probe in found.indices {
      var next = probe * room
      let end = next + found[probe]
      while next < end {
        let start = probe * Self.waitingRoom + waitingCounts[probe]
        let count = min(end - next, (probe + 1) * Self.waitingRoom - start)
        for i in 0..<count {
          unsafe waiting[start + i] = UInt64(first) + UInt64(hits[next + i] & 0xf_ffff)
        }
        next += count
        waitingCounts[probe] += count
        if waitingCounts[probe] == Self.waitingRoom { look(probe, panel, bounds) }
      }
    }
  }

  /// Looks at identities `range` for all probes, whatever their codes.
  func takeAll(_ range: Range<Int>, panel: borrowing SketchPanel, bounds: ScoreBounds) {
    for probe in heads.indices.prefix(found.count) {
      for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.waitingRoom) {
        let count = min(Self.waitingRoom, range.upperBound - first)
        for i in 0..<count {
          unsafe waiting[probe * Self.waitingRoom + i] = UInt64(first + i)
        }
        waitingCounts[probe] = count
        look(probe, panel, bounds)
      }
    }
  }

  private func look(_ probe: Int, _ panel: borrowing SketchPanel, _ bounds: ScoreBounds) {
    unsafe look(waiting(probe), panel.probes[probe], bounds, &heads[probe])
    waitingCounts[probe] = 0
  }

  private func waiting(_ probe: Int) -> UnsafeBufferPointer<UInt64> {
    let start = probe * Self.waitingRoom
    return unsafe UnsafeBufferPointer(
      rebasing: waiting[start..<start + waitingCounts[probe]])
  }

  private func look(
    _ identities: UnsafeBufferPointer<UInt64>, _ probe: borrowing ScoreBounds.Probe,
    _ bounds: ScoreBounds, _ head: inout SketchHead
  ) {
    let middle = unsafe UnsafeMutableBufferPointer(rebasing: middle[..<identities.count])
    let reach = unsafe UnsafeMutableBufferPointer(rebasing: reach[..<identities.count])
    unsafe bounds.write(of: identities, probe: probe, middle: middle, reach: reach)
    unsafe head.take(identities, middle: middle, reach: reach)
  }

  /// Whoever may be among the `k` best of a probe's list over all workers. Reads all, and writes only
  /// this worker's scratch memory.
  func head(
    of workers: [SketchWorker], probe: Int, k: Int, panel: borrowing SketchPanel,
    bounds: ScoreBounds
  ) -> [SketchHead.Entry] {
    var head = SketchHead()
    head.prepare(k: k)
    for worker in workers {
      head.take(worker.heads[probe])
      unsafe look(worker.waiting(probe), panel.probes[probe], bounds, &head)
    }
    head.cut()
    return head.entries
  }

  /// The score of the hit at `rank` (0 is the best) among `hits`, each score at most 255; 0 when there
  /// are no more than `rank`. O(n).
  static func score(ofRank rank: Int, in hits: ArraySlice<UInt32>) -> UInt16 {
    var histogram = [Int](repeating: 0, count: 256)
    for hit in hits { histogram[Int(hit >> 20)] += 1 }
    var above = 0
    for score in histogram.indices.reversed() {
      above += histogram[score]
      if above > rank { return UInt16(score) }
    }
    return 0
  }

  deinit {
    unsafe hits.deallocate()
    unsafe waiting.deallocate()
    unsafe middle.deallocate()
    unsafe reach.deallocate()
  }
}
