// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Galleries
import Population
import Synchronization

/// A trial of *partition, then scan*: codes sorted by the two largest signed coordinates of the direction
/// behind them (41,184 cells), and for each probe only the cells that point its way.
///
/// Printed: the share of the gallery that must be visited before a mate's cell is, and what a visit of
/// such a share takes beside a plain scan, in turn. Reranking is the same for both, and left out.
struct Partition {
  private static let sphere = Population.latentDimension - 1
  private static let cellCount = sphere * (sphere - 1) / 2 * 4
  /// Codes of one kernel call at most.
  private static let piece = 1 << 15
  private static let probes = 16
  private static let mates = 4_000

  private let population: Population
  private let threads: Int
  private let count: Int
  /// Where each cell begins, and where the last ends.
  private var starts = [Int](repeating: 0, count: cellCount + 1)
  private var codes: [UInt8] = []
  private var identities: [UInt32] = []

  /// Sorts the codes: O(N), and 22 bytes a template while it lasts.
  init(_ gallery: SketchGallery, _ population: Population, _ arguments: Arguments) async throws {
    self.population = population
    threads = arguments.threads
    count = gallery.count
    let start = Usage.now
    let cells = Shared(count: count, of: UInt16.self)
    try await Pieces(count: count, each: 1 << 14).run(threads: threads) { _, range in
      var latent = [Float](repeating: 0, count: Population.latentDimension)
      for identity in range {
        unsafe latent.withUnsafeMutableBufferPointer {
          unsafe population.writeLatent(of: UInt64(identity), into: $0)
        }
        unsafe cells.base[identity] = UInt16(Self.cell(latent))
      }
    }
    for identity in 0..<count { unsafe starts[Int(cells.base[identity]) + 1] += 1 }
    for cell in 0..<Self.cellCount { starts[cell + 1] += starts[cell] }
    var next = starts
    codes = [UInt8](repeating: 0, count: count * SketchCode.byteCount)
    identities = [UInt32](repeating: 0, count: count)
    for identity in 0..<count {
      let cell = unsafe Int(cells.base[identity])
      let place = next[cell]
      next[cell] += 1
      identities[place] = UInt32(identity)
      unsafe gallery.withCodes(identity..<identity + 1) { code in
        for i in 0..<SketchCode.byteCount {
          codes[place * SketchCode.byteCount + i] = unsafe code[i]
        }
      }
    }
    print("partition: \(Self.cellCount) cells, sorted in \(text((Usage.now - start).wall)) s")
  }

  /// The cell of a latent vector: which two coordinates of its direction are largest, and their signs.
  private static func cell(_ latent: [Float]) -> Int {
    var (first, second) = (1, 2)
    if latent[2].magnitude > latent[1].magnitude { swap(&first, &second) }
    for j in 3..<latent.count where latent[j].magnitude > latent[second].magnitude {
      second = j
      if latent[second].magnitude > latent[first].magnitude { swap(&first, &second) }
    }
    let (i, j) = (min(first, second) - 1, max(first, second) - 1)
    let pair = j * (j - 1) / 2 + i
    return pair * 4 + (latent[i + 1] < 0 ? 1 : 0) + (latent[j + 1] < 0 ? 2 : 0)
  }

  /// What speaks for each cell: the probe's coordinates at the cell's two, with the cell's signs.
  private static func scores(_ latent: [Float]) -> [Float] {
    var scores = [Float](repeating: 0, count: cellCount)
    var cell = 0
    for j in 1..<sphere {
      for i in 0..<j {
        let (a, b) = (latent[i + 1], latent[j + 1])
        (scores[cell], scores[cell + 1]) = (a + b, b - a)
        (scores[cell + 2], scores[cell + 3]) = (a - b, -a - b)
        cell += 4
      }
    }
    return scores
  }

  private func latent(mate: UInt64) -> [Float]? {
    var latent = [Float](repeating: 0, count: Population.latentDimension)
    let cosine = unsafe latent.withUnsafeMutableBufferPointer {
      unsafe population.writeLatentCapture(of: mate, line: .c, draw: 0, into: $0)
    }
    return cosine == nil ? nil : latent
  }

  func report() async throws {
    try reportMates()
    for share in [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1] { try await reportScan(share) }
  }

  /// The share that must be visited for the cell of a mate to be among the visited.
  private func reportMates() throws {
    var shares: [Double] = []
    var enrolled = [Float](repeating: 0, count: Population.latentDimension)
    for number in 0..<Self.mates {
      let mate = UInt64(number) * UInt64(count) / UInt64(Self.mates)
      guard let probe = latent(mate: mate) else { continue }
      unsafe enrolled.withUnsafeMutableBufferPointer {
        unsafe population.writeLatent(of: mate, into: $0)
      }
      let scores = Self.scores(probe)
      let own = scores[Self.cell(enrolled)]
      var above = 0
      for cell in scores.indices where scores[cell] >= own {
        above += starts[cell + 1] - starts[cell]
      }
      shares.append(Double(above) / Double(count))
    }
    shares.sort()
    for visited in [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75] {
      let inside = shares.count { $0 <= visited }
      print(
        "partition: cells of \(text(visited)) of the gallery hold \(inside) of \(shares.count) mates"
      )
    }
  }

  private func reportScan(_ share: Double) async throws {
    var (plain, parted): ([Double], [Double]) = ([], [])
    let model = SketchModel(population.description)
    for number in 0..<Self.probes {
      guard let probe = latent(mate: UInt64(number) * UInt64(count / Self.probes)) else { continue }
      let ready = unsafe probe.withUnsafeBufferPointer {
        unsafe SketchProbe(latent: $0, model: model)
      }
      let threshold = threshold(ready, model)
      var start = Usage.now
      let whole = try await scan([0..<count], ready, threshold)
      plain.append((Usage.now - start).wall)
      start = Usage.now
      let found = try await scan(visited(Self.scores(probe), share), ready, threshold)
      parted.append((Usage.now - start).wall)
      precondition(share < 1 || found == whole, "all cells hold all codes")
    }
    let median = { (values: [Double]) in values.sorted()[values.count / 2] }
    print(
      "partition: visiting \(text(share)) takes \(text(median(parted) * 1e3)) ms, all in one go "
        + "\(text(median(plain) * 1e3)) ms; ratio \(text(median(plain) / median(parted)))")
  }

  private func threshold(_ probe: SketchProbe, _ model: SketchModel) -> UInt16 {
    let distribution = probe.distribution(cells: model.cells.shares)
    var expected = 0.0
    for score in distribution.indices.reversed() {
      expected += distribution[score]
      if expected >= 4e-4 { return UInt16(score) }
    }
    return 0
  }

  /// The runs of codes of the best cells that together hold `share`.
  private func visited(_ scores: [Float], _ share: Double) -> [Range<Int>] {
    // A histogram instead of a sort, which would take as long as a tenth of the scan.
    let bins = 4096
    let (low, high) = (scores.min() ?? 0, scores.max() ?? 1)
    let width = max((high - low) / Float(bins - 1), .leastNormalMagnitude)
    var held = [Int](repeating: 0, count: bins)
    for cell in scores.indices {
      held[Int((scores[cell] - low) / width)] += starts[cell + 1] - starts[cell]
    }
    var (bin, sum) = (bins, 0)
    while bin > 0, Double(sum) < share * Double(count) {
      bin -= 1
      sum += held[bin]
    }
    var runs: [Range<Int>] = []
    for cell in scores.indices where Int((scores[cell] - low) / width) >= bin {
      if let last = runs.last, last.upperBound == starts[cell] {
        runs[runs.count - 1] = last.lowerBound..<starts[cell + 1]
      } else {
        runs.append(starts[cell]..<starts[cell + 1])
      }
    }
    return runs
  }

  /// How many codes of `runs` reach the threshold.
  private func scan(
    _ runs: [Range<Int>], _ probe: SketchProbe, _ threshold: UInt16
  ) async throws -> Int {
    var pieces: [Range<Int>] = []
    for run in runs {
      for first in stride(from: run.lowerBound, to: run.upperBound, by: Self.piece) {
        pieces.append(first..<min(first + Self.piece, run.upperBound))
      }
    }
    let scratch = (0..<threads).map { _ in Shared(count: Self.piece, of: UInt32.self) }
    let total = Atomic<Int>(0)
    // Cells are short at this size, so a thread takes several at a time.
    let (all, group) = (pieces, max(1, min(16, pieces.count / 64)))
    try await WorkerThreads.run(threads: threads, items: (all.count + group - 1) / group) {
      [self] worker, item in
      for piece in all[item * group..<min((item + 1) * group, all.count)] {
        let found = unsafe codes.withUnsafeBufferPointer { codes in
          unsafe sl_sketch_scan(
            probe.tables, codes.baseAddress.map { unsafe $0 + piece.lowerBound * 16 }, piece.count,
            threshold, scratch[worker].base)
        }
        for hit in 0..<found {
          // The identity is looked up, as a search would have to.
          let place = unsafe piece.lowerBound + Int(scratch[worker].base[hit] & 0xf_ffff)
          total.wrappingAdd(identities[place] == .max ? 0 : 1, ordering: .relaxed)
        }
      }
    }
    return total.load(ordering: .relaxed)
  }
}

/// Memory that threads share, each its own part.
@safe private final class Shared<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>

  init(count: Int, of: Element.Type) {
    unsafe base = .allocate(capacity: max(count, 1))
  }

  deinit { unsafe base.deallocate() }
}
