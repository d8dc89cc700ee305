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
  private let latents: AlignedBytes
  private let bytes: AlignedBytes
  private var scales: [Float]
  /// Inner products below these cannot be among the `k` best.
  private var floors: [Float]
  private var thresholds: [Float]
  private var found: [Int]
  private var hits: [sl_hit]
  /// Scores as the latent vectors give them.
  private var entries: [[Candidate]]
  private var spare: [Float] = []

  init(_ panel: StreamedPanel, block: Int, k: Int) {
    self.panel = panel
    self.block = block
    self.k = k
    // Cutting costs O(limit) and is due after as many more entries: O(1) an entry.
    limit = k + max(k, 64)
    latents = AlignedBytes(
      count: block * Population.latentDimension * MemoryLayout<Float>.stride)
    bytes = AlignedBytes(count: block * Int(SL_SPREAD))
    scales = [Float](repeating: 0, count: block)
    floors = [Float](repeating: -.infinity, count: panel.count)
    thresholds = [Float](repeating: -.infinity, count: panel.count)
    found = [Int](repeating: 0, count: panel.count)
    hits = [sl_hit](repeating: sl_hit(), count: panel.count * block)
    entries = [[Candidate]](repeating: [], count: panel.count)
  }

  /// Draws `identities`, at most a block of them, and compares them with every probe.
  func scan(_ identities: Range<UInt64>) {
    let dimension = Population.latentDimension
    let rows = unsafe latents.base.assumingMemoryBound(to: Float.self)
    let quantized = unsafe bytes.base.assumingMemoryBound(to: Int8.self)
    for (place, identity) in identities.enumerated() {
      unsafe panel.population.writeLatent(
        of: identity, into: .init(start: rows + place * dimension, count: dimension))
    }
    let lost = unsafe sl_quantize_latents(rows, identities.count, quantized, &scales)
    for probe in 0..<panel.count {
      thresholds[probe] = floors[probe] - panel.error(probe, lost: lost)
    }
    unsafe sl_best_rows_int8(
      panel.packed.base, panel.count, quantized, scales, identities.count, Int(SL_SPREAD),
      thresholds, &hits, block, &found)
    for probe in 0..<panel.count where found[probe] > 0 {
      for hit in hits[probe * block..<probe * block + found[probe]] {
        let score = unsafe panel.product(probe, rows + Int(hit.row) * dimension)
        guard score >= floors[probe] else { continue }
        entries[probe].append(
          Candidate(subject: identities.lowerBound + UInt64(hit.row), score: score))
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
    floors[probe] = threshold
    entries[probe].removeAll { $0.score < threshold }
    guard entries[probe].count > limit else { return }
    // A crowd that float32 cannot tell apart, as in a cell whose members are nearly one: its true best.
    let kept = Set(panel.best(entries[probe], probe, k).map(\.subject))
    entries[probe].removeAll { !kept.contains($0.subject) }
  }

  /// The candidates of a probe, in no order, all of its `k` best among them.
  func best(_ probe: Int) -> [Candidate] { entries[probe] }
}
