// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Galleries
internal import Population
internal import Synchronization

/// Search of int8 templates, then true scores of the best: a quarter of the bytes of exact search, and
/// the same lists.
///
/// Probes are quantized as the templates are, one scale each; integer products of their bytes are exact,
/// so an int8 score is off by the two quantizations only, and by no more than `ScoreError` proves. Every
/// row that within that bound may be among the k best is kept, and rescored by the best templates at
/// hand until the bound excludes the rest. With the population or float32 templates to rescore from, lists
/// are therefore those of exact search, to the last bit; with int8 rows alone they are the exact lists of
/// the restored templates. Cost: N x B x dimension byte products, one pass over the gallery per 256
/// probes, and some 3 k templates rescored a probe at N = 5e5.
///
/// A deadline ends the scan; what was found by then is rescored all the same.
package final class Int8Matcher: Matcher {
  /// Templates of a block: 504 KiB, in the second-level cache, and whole tiles of every kernel.
  package static let blockSize = 1008
  /// Probes that share a pass over the gallery.
  package static let panelSize = 256

  package let information: MatcherInformation
  package let gallery: GalleryDescription
  private let rows: QuantizedRows
  private let rescorer: Rescorer
  private let threads: Int
  /// For each block the largest scale in it.
  private let largestScales: [Float]

  /// A matcher that searches `gallery` on `threads` threads. Searches may overlap; each starts its own.
  ///
  /// `rescorer` gives the final scores; `nil` for the int8 rows themselves. Reads all scales, 4 bytes a
  /// template.
  package init(gallery: QuantizedGallery, rescorer: Rescorer?, threads: Int) {
    precondition(threads >= 1, "a search needs a thread")
    precondition(gallery.count <= Int(UInt32.max), "rows are counted in 32 bits")
    switch rescorer {
    case .population(let population):
      precondition(
        gallery.description.population == population.digest,
        "the templates are another population's")
    case .templates(let templates):
      precondition(
        templates.count == gallery.count && templates.dimension == gallery.rows.dimension,
        "the templates are another gallery's")
    case .quantized, nil: break
    }
    self.gallery = gallery.description
    let rows = gallery.rows
    self.rows = rows
    self.rescorer = rescorer ?? .quantized(rows)
    self.threads = threads
    largestScales = stride(from: 0, to: rows.count, by: Self.blockSize).map { low in
      unsafe rows.withQuantized(low..<min(low + Self.blockSize, rows.count)) { _, scales in
        // A row without a finite scale is never found, and must not widen the bound of others.
        var largest: Float = 0
        for i in 0..<scales.count {
          let scale = unsafe scales[i].magnitude
          if scale.isFinite { largest = max(largest, scale) }
        }
        return largest
      }
    }
    information = MatcherInformation(
      name: "int8",
      precision: self.rescorer.isExact
        ? "int8 products, candidates within their error bound rescored exactly"
        : "int8 products, candidates within their error bound rescored from int8 templates",
      isExact: false, threads: threads)
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    try await SearchPanels.lists(
      probes, k: k, gallery: rows.count, dimension: rows.dimension, size: Self.panelSize
    ) { panel, wanted in
      try await search(probes, panel, wanted, deadline)
    }
  }

  private func search(
    _ probes: ProbeBatch, _ panel: Range<Int>, _ k: Int, _ deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    let quantized = QuantizedProbes(probes, panel, rescorer: rescorer)
    let blocks = largestScales.count
    let workers = (0..<min(threads, blocks)).map { _ in
      Int8Worker(probes: panel.count, block: Self.blockSize, k: k)
    }
    let done = try await WorkerThreads.run(
      threads: workers.count, items: blocks, deadline: deadline
    ) { [rows, rescorer, largestScales] worker, block in
      let low = block * Self.blockSize
      workers[worker].scan(
        rows, low..<min(low + Self.blockSize, rows.count), largestScale: largestScales[block],
        quantized
      ) { row, probe in rescorer.candidate(UInt64(row), probes, panel.lowerBound + probe) }
    }
    let searched = done == blocks ? rows.count : done * Self.blockSize
    var lists = CandidateLists()
    for list in try await rerank(probes, panel, k, workers) {
      lists.append(list, unsearched: rows.count - searched)
    }
    return lists
  }

  /// The `k` best of all that the workers kept, by true scores.
  private func rerank(
    _ probes: ProbeBatch, _ panel: Range<Int>, _ k: Int, _ workers: [Int8Worker]
  ) async throws -> [[Candidate]] {
    let lists = Mutex([[Candidate]](repeating: [], count: panel.count))
    // A few probes at a time, so that a thread is worth its start.
    let few = 8
    try await WorkerThreads.run(threads: threads, items: (panel.count + few - 1) / few) {
      [rescorer] _, item in
      for probe in item * few..<min((item + 1) * few, panel.count) {
        var all = Int8Reservoir()
        for worker in workers { all.merge(worker.reservoirs[probe]) }
        all.cut(to: k)
        let list = all.best(k) {
          rescorer.candidate(UInt64($0), probes, panel.lowerBound + probe)
        }.candidates
        lists.withLock { $0[probe] = list }
      }
    }
    return lists.withLock { $0 }
  }
}
