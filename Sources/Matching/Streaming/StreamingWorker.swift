// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Population

/// What one thread needs and gathers in a streaming search: a block of templates, and for each probe the
/// best candidates that it met, with a few more than needed.
///
/// Used by one thread at a time, and read when all have ended.
@safe final class StreamingWorker: @unchecked Sendable {
  private let panel: StreamedPanel
  private let block: Int
  private let k: Int
  private let limit: Int
  private let rows: AlignedFloats
  private var thresholds: [Float]
  private var found: [Int]
  private var hits: [sl_hit]
  /// Scores as the float32 products gave them.
  private var entries: [[Candidate]]
  private var spare: [Float] = []

  init(_ panel: StreamedPanel, block: Int, k: Int) {
    self.panel = panel
    self.block = block
    self.k = k
    // Cutting costs O(limit) and is due after as many more entries: O(1) an entry.
    limit = k + max(k, 64)
    rows = AlignedFloats(count: block * Population.latentDimension)
    thresholds = [Float](repeating: -.infinity, count: panel.count)
    found = [Int](repeating: 0, count: panel.count)
    hits = [sl_hit](repeating: sl_hit(), count: panel.count * block)
    entries = [[Candidate]](repeating: [], count: panel.count)
  }

  /// Draws `identities`, at most a block of them, and compares them with every probe.
  func scan(_ identities: Range<UInt64>) {
    let dimension = Population.latentDimension
    for (place, identity) in identities.enumerated() {
      unsafe panel.population.writeLatent(
        of: identity, into: .init(start: rows.base + place * dimension, count: dimension))
    }
    unsafe sl_best_rows(
      panel.packed.base, panel.count, rows.base, identities.count, dimension, thresholds, &hits,
      block, &found)
    for probe in 0..<panel.count where found[probe] > 0 {
      for hit in hits[probe * block..<probe * block + found[probe]] {
        entries[probe].append(
          Candidate(subject: identities.lowerBound + UInt64(hit.row), score: hit.score))
      }
      if entries[probe].count > limit { cut(probe) }
    }
  }

  /// Drops what cannot be among the `k` best of a probe.
  private func cut(_ probe: Int) {
    spare.removeAll(keepingCapacity: true)
    for entry in entries[probe] { spare.append(entry.score) }
    let floor = unsafe spare.withUnsafeMutableBufferPointer { scores in
      unsafe scores.baseAddress.map { unsafe kthLargest($0, scores.count, k) } ?? 0
    }
    let threshold = floor - 2 * StreamingMatcher.scoreError
    thresholds[probe] = threshold
    entries[probe].removeAll { $0.score < threshold }
    guard entries[probe].count > limit else { return }
    // A crowd that float32 cannot tell apart, as in a cell whose members are nearly one: its true best.
    let kept = Set(panel.best(entries[probe], probe, k).map(\.subject))
    entries[probe].removeAll { !kept.contains($0.subject) }
  }

  /// The candidates of a probe, in no order, all of its `k` best among them.
  func best(_ probe: Int) -> [Candidate] { entries[probe] }
}
