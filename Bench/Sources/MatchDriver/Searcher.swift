// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Foundation
import Galleries
import Matching
import Population
import Synchronization

/// Something that is timed.
protocol Searcher {
  var bytesPerTemplate: Double { get }

  /// Searches probes given as 512 floats each; `nil` from a part of a search that has no candidates yet.
  @discardableResult
  func search(_ vectors: [Float], k: Int) async throws -> CandidateLists?
}

/// A whole matcher, from plain vectors on: the probes' norms are checked within the time.
struct MatcherSearcher: Searcher {
  let bytesPerTemplate: Double
  private let matcher: any Matcher

  init(_ matcher: any Matcher, bytesPerTemplate: Double) {
    self.matcher = matcher
    self.bytesPerTemplate = bytesPerTemplate
  }

  func search(_ vectors: [Float], k: Int) async throws -> CandidateLists? {
    let dimension = Population.dimension
    var batch = ProbeBatch(dimension: dimension, capacity: vectors.count / dimension)
    try unsafe vectors.withUnsafeBufferPointer { all in
      for start in stride(from: 0, to: all.count, by: dimension) {
        try unsafe batch.append(UnsafeBufferPointer(rebasing: all[start..<start + dimension]))
      }
    }
    return try await matcher.search(batch, k: k)
  }
}

/// The scan of the codes alone, with the thresholds that lists of `list` codes need: tables are made and
/// hits written within the time, and no list is kept, sorted or reranked.
struct SketchScan: Searcher {
  let bytesPerTemplate = 16.0
  private static let piece = 1 << 15
  /// Codes from which a threshold is read.
  private static let sample = 1 << 14

  private let codes: SketchGallery
  private let model: SketchModel
  private let threads: Int
  private let list: Int

  init(_ codes: SketchGallery, _ population: Population, threads: Int, list: Int) {
    self.codes = codes
    model = SketchModel(population.description)
    self.threads = threads
    self.list = list
  }

  func search(_ vectors: [Float], k: Int) async throws -> CandidateLists? {
    let dimension = Population.dimension
    let probes = vectors.count / dimension
    var tables: [UInt8] = []
    for probe in 0..<probes {
      tables += unsafe vectors[probe * dimension..<(probe + 1) * dimension]
        .withUnsafeBufferPointer { unsafe SketchProbe(vector: $0, model: model).tables }
    }
    let thresholds = thresholds(tables, probes)
    let pieces = (codes.count + Self.piece - 1) / Self.piece
    let room = probes * Self.piece
    let hits = Mutex([[UInt32]](repeating: [], count: threads))
    try await WorkerThreads.run(threads: threads, items: pieces) { [codes, tables] worker, item in
      let low = item * Self.piece
      let range = low..<min(low + Self.piece, codes.count)
      var own = hits.withLock { all in
        var taken: [UInt32] = []
        swap(&taken, &all[worker])
        return taken
      }
      if own.isEmpty { own = [UInt32](repeating: 0, count: room) }
      var found = [Int](repeating: 0, count: probes)
      unsafe codes.withCodes(range) { bytes in
        unsafe sl_sketch_scan_batch(
          tables, probes, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), range.count,
          thresholds, &own, Self.piece, &found)
      }
      hits.withLock { swap(&own, &$0[worker]) }
    }
    return nil
  }

  /// For each probe the score that about `list` codes reach, by the first codes of the gallery.
  private func thresholds(_ tables: [UInt8], _ probes: Int) -> [UInt16] {
    let count = min(codes.count, Self.sample)
    let rank = count * list / codes.count
    var hits = [UInt32](repeating: 0, count: count)
    return (0..<probes).map { probe in
      unsafe tables.withUnsafeBufferPointer { tables in
        unsafe codes.withCodes(0..<count) { bytes in
          _ = unsafe sl_sketch_scan(
            tables.baseAddress.map { unsafe $0 + probe * Int(SL_SKETCH_TABLE_BYTES) },
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count, 0, &hits)
        }
      }
      var histogram = [Int](repeating: 0, count: 2_048)
      for hit in hits { histogram[Int(hit >> 20)] += 1 }
      var above = 0
      for score in histogram.indices.reversed() {
        above += histogram[score]
        if above > rank { return UInt16(score) }
      }
      return 0
    }
  }
}

/// Nanoseconds on the wall, and of the whole process on its CPUs.
struct Clocks {
  let wall: Int
  let cpu: Int

  static var now: Clocks {
    func read(_ clock: clockid_t) -> Int {
      var time = timespec()
      unsafe clock_gettime(clock, &time)
      return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
    return Clocks(wall: read(CLOCK_MONOTONIC), cpu: read(CLOCK_PROCESS_CPUTIME_ID))
  }

  static func - (a: Clocks, b: Clocks) -> Clocks {
    Clocks(wall: a.wall - b.wall, cpu: a.cpu - b.cpu)
  }
}
