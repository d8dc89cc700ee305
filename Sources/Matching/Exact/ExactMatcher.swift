// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Galleries
internal import Synchronization

/// Exact search of a gallery in memory or mapped from a file: every template scored.
///
/// The gallery is cut at fixed places into blocks of 1,024 templates (2 MiB). Workers take blocks; each
/// block is multiplied with up to 256 probes, and the products that may be among the best go into a
/// reservoir, so scores are never stored for more than one block (`BlockProduct`). Float32 products
/// differ in the last digits with the shape of the batch, so the heads of the lists are computed again
/// in double in a fixed order: lists depend neither on the threads nor on the rest of the batch nor on
/// how products are made, and equal scores go to the lower subject. Cost: N x B x 512 multiply-adds, and
/// one pass over the gallery per 256 probes.
package final class ExactMatcher: Matcher {
  /// Templates of a block.
  package static let blockSize = 1024
  /// Probes that share a pass over the gallery.
  package static let panelSize = 256

  package let information: MatcherInformation
  package let gallery: GalleryDescription
  /// How blocks are multiplied.
  package let product: BlockProduct
  private let templates: TemplateRows
  private let threads: Int
  // Bound of the rounding error of a float32 inner product in whatever order: terms x 2^-24 times the
  // norms, each within 1e-3 of 1, rounded up; and what rounding the bound itself and two final scores adds.
  private let scoreError: Float
  private let idle = Mutex<[Workspace]>([])

  /// A matcher that searches `gallery` on `threads` threads. Searches may overlap; each starts its own.
  package init(
    gallery: some TemplateSource, threads: Int, product: BlockProduct = .best
  ) {
    precondition(threads >= 1, "a search needs a thread")
    precondition(gallery.templates.count <= Int(UInt32.max), "rows are counted in 32 bits")
    OpenBLASInfo.useOneThread()
    self.gallery = gallery.description
    self.product = product
    templates = gallery.templates
    scoreError = Float(templates.dimension) * 0x1p-24 * 1.01 + 0x1p-23
    self.threads = threads
    information = MatcherInformation(
      name: "exact",
      precision: "float32 products (\(product.rawValue)), candidates rescored in double",
      isExact: true, threads: threads)
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    try await SearchPanels.lists(
      probes, k: k, gallery: templates.count, dimension: templates.dimension, size: Self.panelSize
    ) { panel, wanted in
      try await search(probes, panel, wanted, deadline)
    }
  }

  private func search(
    _ probes: ProbeBatch, _ panel: Range<Int>, _ k: Int, _ deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    let blocks = (templates.count + Self.blockSize - 1) / Self.blockSize
    let workers = min(threads, blocks)
    let spaces = take(workers)
    for space in spaces { space.prepare(probes: panel.count, block: Self.blockSize, k: k) }
    let multiply = BlockMultiplication(product, probes, panel)
    let done = try await WorkerThreads.run(threads: workers, items: blocks, deadline: deadline) {
      worker, block in
      self.score(multiply, probes, block, k, spaces[worker])
    }
    let searched = done == blocks ? templates.count : done * Self.blockSize
    let lists = merged(probes, panel, k, spaces, unsearched: templates.count - searched)
    // Not for a cancelled search: its memory goes back at once.
    idle.withLock { $0.append(contentsOf: spaces) }
    return lists
  }

  private func take(_ count: Int) -> [Workspace] {
    idle.withLock { idle in
      let reused = min(count, idle.count)
      let taken = Array(idle.suffix(reused))
      idle.removeLast(reused)
      return taken + (reused..<count).map { _ in Workspace() }
    }
  }

  /// Scores one block against the panel and adds what may be among the best to the reservoirs.
  private func score(
    _ multiply: BlockMultiplication, _ probes: ProbeBatch, _ block: Int, _ k: Int,
    _ space: Workspace
  ) {
    let first = block * Self.blockSize
    let end = min(first + Self.blockSize, templates.count)
    // Of a worker's first block a few rows go ahead, so that the others meet a threshold.
    let head = space.isFresh ? min(first + 4 * k, end) : first
    for rows in [first..<head, head..<end] where !rows.isEmpty {
      unsafe templates.withTemplates(rows) { unsafe multiply.findBest(of: $0, rows.count, space) }
      for probe in space.probes {
        guard space.add(probe, firstRow: rows.lowerBound, k: k, error: scoreError) else { continue }
        let crowd = space.contents(probe)
        space.replace(probe, with: thinned(crowd, probes, multiply.panel.lowerBound + probe, k))
      }
    }
  }

  /// The true k best of a crowd that float32 cannot tell apart, such as many copies of one template.
  private func thinned(
    _ crowd: [Reservoir.Entry], _ probes: ProbeBatch, _ probe: Int, _ k: Int
  ) -> ArraySlice<Reservoir.Entry> {
    let rescoring = crowd.map { (entry: $0, candidate: rescored($0.row, probes, probe)) }
    return rescoring.sorted { $0.candidate.precedes($1.candidate) }.map(\.entry).prefix(k)
  }

  private func rescored(_ row: UInt32, _ probes: ProbeBatch, _ probe: Int) -> Candidate {
    let score = unsafe probes.withRow(probe) { probe in
      unsafe templates.withTemplates(Int(row)..<Int(row) + 1) { template in
        unsafe sl_exact_dot(probe.baseAddress, template.baseAddress, templates.dimension)
      }
    }
    return Candidate(subject: UInt64(row), score: Float(score))
  }

  private func merged(
    _ probes: ProbeBatch, _ panel: Range<Int>, _ k: Int, _ spaces: [Workspace], unsearched: Int
  ) -> CandidateLists {
    var lists = CandidateLists()
    for probe in 0..<panel.count {
      var entries = spaces.flatMap { $0.contents(probe) }
      if entries.count > k {
        var scores = entries.map(\.score)
        let threshold = unsafe scores.withUnsafeMutableBufferPointer { buffer in
          unsafe buffer.baseAddress.map { unsafe kthLargest($0, buffer.count, k) } ?? 0
        }
        entries.removeAll { $0.score < threshold - 2 * scoreError }
      }
      let candidates = entries.map { rescored($0.row, probes, panel.lowerBound + probe) }
      lists.append(candidates.sorted { $0.precedes($1) }.prefix(k), unsearched: unsearched)
    }
    return lists
  }
}
