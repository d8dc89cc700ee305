// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries
internal import Population

/// Latent vectors in rows of 152 floats: 145 coordinates and zeros, so that a row fills SIMD registers.
struct LatentRows: Sendable {
  static let width = 152
  private(set) var values: [Float]
  let count: Int

  /// One row a number in `0 ..< count`, the first 145 floats of it filled by `fill`.
  init(count: Int, fill: (Int, UnsafeMutableBufferPointer<Float>) -> Void) {
    self.count = count
    values = [Float](repeating: 0, count: count * Self.width)
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      for i in 0..<count {
        let row = unsafe buffer[i * Self.width..<i * Self.width + Population.latentDimension]
        unsafe fill(i, unsafe UnsafeMutableBufferPointer(rebasing: row))
      }
    }
  }

  /// Templates of a range of identities.
  init(_ population: Population, _ identities: Range<UInt64>) {
    unsafe self.init(count: identities.count) { i, row in
      unsafe population.writeLatent(of: identities.lowerBound + UInt64(i), into: row)
    }
  }

  /// Inner product of a row with one of other rows.
  func product(_ i: Int, _ other: LatentRows, _ j: Int) -> Float {
    unsafe values.withUnsafeBufferPointer { a in
      unsafe other.values.withUnsafeBufferPointer { b in
        guard let a = a.baseAddress, let b = b.baseAddress else { return 0 }
        return unsafe Float(sl_exact_dot(a + i * Self.width, b + j * Self.width, Self.width))
      }
    }
  }
}

/// Exact search in the 145 latent coordinates, for checks of the model: inner products are those of the
/// 512-dimensional templates up to float rounding, for 3.5 times less work, and no gallery is stored.
enum LatentSearch {
  /// Rows drawn and scored at a time.
  static let blockSize = 1024
  /// Probes that share a block's scores.
  static let panelSize = 128

  /// The scores of one probe against one block.
  @safe struct Scores {
    let probe: Int
    /// The identity of the first row.
    let first: Int
    let values: UnsafePointer<Float>
    let count: Int
    let scratch: UnsafeMutablePointer<UInt32>

    /// Calls `body` with row and score of every row at `threshold` or above.
    func above(_ threshold: Float, _ body: (Int, Float) -> Void) {
      let found = unsafe sl_select(values, count, threshold, scratch)
      for i in 0..<found {
        let row = unsafe Int(scratch[i])
        unsafe body(first + row, values[row])
      }
    }
  }

  /// Scores every probe against identities `0 ..< size`, block by block, on `threads` threads.
  ///
  /// `body` is called with the number of the worker, below `threads`, and the scores; calls of one worker
  /// do not overlap. No block crosses one of `bounds`.
  static func scan(
    _ population: Population, size: Int, bounds: [Int] = [], probes: LatentRows, threads: Int,
    _ body: @escaping @Sendable (Int, Scores) -> Void
  ) async throws {
    var blocks: [Range<Int>] = []
    var low = 0
    for bound in bounds.filter({ $0 < size }).sorted() + [size] {
      while low < bound {
        let high = min(low + blockSize, bound)
        blocks.append(low..<high)
        low = high
      }
    }
    let pieces = blocks
    try await WorkerThreads.run(threads: threads, items: pieces.count) { worker, item in
      let block = pieces[item]
      let rows = LatentRows(
        population, UInt64(block.lowerBound)..<UInt64(block.upperBound))
      var scores = [Float](repeating: 0, count: panelSize * block.count)
      var scratch = [UInt32](repeating: 0, count: block.count + 8)
      unsafe scores.withUnsafeMutableBufferPointer { scores in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          guard let scores = scores.baseAddress, let scratch = scratch.baseAddress else { return }
          for first in stride(from: 0, to: probes.count, by: panelSize) {
            let count = min(panelSize, probes.count - first)
            unsafe probes.values.withUnsafeBufferPointer { all in
              guard let all = all.baseAddress else { return }
              unsafe sl_scores(
                all + first * LatentRows.width, count, rows.values, block.count,
                LatentRows.width, scores, block.count)
            }
            for probe in 0..<count {
              unsafe body(
                worker,
                Scores(
                  probe: first + probe, first: block.lowerBound,
                  values: scores + probe * block.count, count: block.count, scratch: scratch))
            }
          }
        }
      }
    }
  }

  /// The best score of every probe among those who are not its mate, in each of several nested galleries.
  static func bestNonMates(
    _ population: Population, sizes: [Int], probes: LatentRows, mates: [Int]?, threads: Int
  ) async throws -> [[Float]] {
    let sizes = sizes.sorted()
    let workers = (0..<threads).map { _ in
      Worker(repeating: [Float](repeating: -2, count: probes.count), count: sizes.count)
    }
    try await scan(
      population, size: sizes.last ?? 0, bounds: sizes, probes: probes, threads: threads
    ) { worker, scores in
      let level = sizes.firstIndex { scores.first < $0 } ?? 0
      let mate = mates?[scores.probe] ?? -1
      var best = workers[worker].value[level][scores.probe]
      let before = best
      scores.above(best) { row, score in
        if score > best, row != mate { best = score }
      }
      if best > before { workers[worker].value[level][scores.probe] = best }
    }
    var result: [[Float]] = []
    var best = [Float](repeating: -2, count: probes.count)
    for level in sizes.indices {
      for worker in workers {
        for probe in best.indices { best[probe] = max(best[probe], worker.value[level][probe]) }
      }
      result.append(best)
    }
    return result
  }

  /// What one worker has gathered.
  ///
  /// Unchecked: only the worker of its number writes to it, and it is read after all have ended.
  final class Gathered<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private typealias Worker = Gathered<[[Float]]>
}

extension LatentSearch.Gathered where Value == [[Float]] {
  convenience init(repeating row: [Float], count: Int) {
    self.init(Array(repeating: row, count: count))
  }
}
