// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import COpenBLAS
package import Galleries
internal import Synchronization

/// Exact search of a gallery in memory or mapped from a file: every template scored, by BLAS or by a kernel of our own.
///
/// The gallery is cut at fixed places into blocks of 1,024 templates (2 MiB). Workers take blocks; each
/// block is multiplied with up to 256 probes and the products go straight into a reservoir of the best,
/// so scores are never stored for more than one block. Float32 products differ in the last digits with
/// the shape of the batch, so the heads of the lists are computed again in double in a fixed order:
/// lists depend neither on the threads nor on the rest of the batch, and equal scores go to the lower
/// subject. Cost: N x B x 512 multiply-adds, and one pass over the gallery per 256 probes.
package final class ExactMatcher: Matcher {
  /// Templates of a block.
  package static let blockSize = 1024
  /// Probes that share a pass over the gallery.
  package static let panelSize = 256
  /// Up to so many probes our own kernel beats sgemm, which first packs the gallery anew.
  package static let smallBatch = 32
  // Bound of the rounding error of a float32 inner product of 512 terms: 512 x 2^-24 times the norms,
  // each within 1e-3 of 1, rounded up.
  static let scoreError: Float = 3.1e-5

  package let information: MatcherInformation
  package let gallery: GalleryDescription
  private let templates: TemplateRows
  private let threads: Int
  private let idle = Mutex<[Workspace]>([])

  /// A matcher that searches `gallery` on `threads` threads. Searches may overlap; each starts its own.
  package init(gallery: some TemplateSource, threads: Int) {
    precondition(threads >= 1, "a search needs a thread")
    precondition(gallery.templates.count <= Int(UInt32.max), "rows are counted in 32 bits")
    OpenBLASInfo.useOneThread()
    self.gallery = gallery.description
    templates = gallery.templates
    self.threads = threads
    information = MatcherInformation(
      name: "exact", precision: "float32 products, candidates rescored in double",
      isExact: true, threads: threads)
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    precondition(k >= 0, "a list has no fewer than 0 candidates")
    guard probes.dimension == templates.dimension else {
      throw MatchingError(
        .wrongDimension,
        "the probes have \(probes.dimension) coordinates, the templates \(templates.dimension)")
    }
    let wanted = min(k, templates.count)
    var lists = CandidateLists()
    for first in stride(from: 0, to: probes.count, by: Self.panelSize) {
      let panel = first..<min(first + Self.panelSize, probes.count)
      if wanted == 0 {
        for _ in panel { lists.append([]) }
      } else {
        lists.append(try await search(probes, panel, wanted, deadline))
      }
    }
    return lists
  }

  private func search(
    _ probes: ProbeBatch, _ panel: Range<Int>, _ k: Int, _ deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    let blocks = (templates.count + Self.blockSize - 1) / Self.blockSize
    let workers = min(threads, blocks)
    let spaces = take(workers)
    defer { idle.withLock { $0.append(contentsOf: spaces) } }
    for space in spaces { space.prepare(probes: panel.count, block: Self.blockSize, k: k) }
    let done = try await WorkerThreads.run(threads: workers, items: blocks, deadline: deadline) {
      worker, block in
      self.score(probes, panel, block, k, spaces[worker])
    }
    let searched = done == blocks ? templates.count : done * Self.blockSize
    return merged(probes, panel, k, spaces, unsearched: templates.count - searched)
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
    _ probes: ProbeBatch, _ panel: Range<Int>, _ block: Int, _ k: Int, _ space: Workspace
  ) {
    let first = block * Self.blockSize
    let rows = first..<min(first + Self.blockSize, templates.count)
    let dimension = templates.dimension
    guard let scores = unsafe space.scores.baseAddress,
      let indices = unsafe space.indices.baseAddress, let spare = unsafe space.spare.baseAddress
    else { return }
    unsafe probes.withRows { all in
      unsafe templates.withTemplates(rows) { block in
        let panelRows = unsafe all.baseAddress.map { unsafe $0 + panel.lowerBound * dimension }
        if panel.count <= Self.smallBatch {
          unsafe sl_scores(
            panelRows, panel.count, block.baseAddress, rows.count, dimension, scores, rows.count)
        } else {
          unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(panel.count), Int32(rows.count),
            Int32(dimension), 1, panelRows, Int32(dimension), block.baseAddress, Int32(dimension),
            0, scores, Int32(rows.count))
        }
      }
    }
    for probe in 0..<panel.count {
      let own = unsafe scores + probe * rows.count
      let found = unsafe sl_select(own, rows.count, space.reservoirs[probe].threshold, indices)
      if found == 0 { continue }
      unsafe space.reservoirs[probe].append(indices, found, first: first, scores: own)
      guard space.reservoirs[probe].count > Reservoir.limit(k) else { continue }
      unsafe space.reservoirs[probe].cut(to: k, error: Self.scoreError, spare: spare)
      if space.reservoirs[probe].count > Reservoir.limit(k) {
        thin(&space.reservoirs[probe], probes, panel.lowerBound + probe, k)
      }
    }
  }

  /// Cuts a crowd that float32 cannot tell apart, such as many copies of one template, to the true k
  /// best.
  private func thin(_ reservoir: inout Reservoir, _ probes: ProbeBatch, _ probe: Int, _ k: Int) {
    let crowd = unsafe Array(reservoir.contents)
    let best = crowd.map { (entry: $0, candidate: rescored($0.row, probes, probe)) }
      .sorted { $0.candidate.precedes($1.candidate) }
    reservoir.replace(with: best.prefix(k).map(\.entry))
  }

  private func rescored(_ row: UInt32, _ probes: ProbeBatch, _ probe: Int) -> Candidate {
    let dimension = templates.dimension
    let score = unsafe probes.withRows { all in
      unsafe templates.withTemplates(Int(row)..<Int(row) + 1) { template in
        unsafe sl_exact_dot(
          all.baseAddress.map { unsafe $0 + probe * dimension }, template.baseAddress, dimension)
      }
    }
    return Candidate(subject: UInt64(row), score: Float(score))
  }

  private func merged(
    _ probes: ProbeBatch, _ panel: Range<Int>, _ k: Int, _ spaces: [Workspace], unsearched: Int
  ) -> CandidateLists {
    var lists = CandidateLists()
    for probe in 0..<panel.count {
      var entries: [Reservoir.Entry] = []
      for space in spaces { unsafe entries.append(contentsOf: space.reservoirs[probe].contents) }
      if entries.count > k {
        var scores = entries.map(\.score)
        let threshold = unsafe scores.withUnsafeMutableBufferPointer { buffer in
          unsafe buffer.baseAddress.map { unsafe kthLargest($0, buffer.count, k) } ?? 0
        }
        entries.removeAll { $0.score < threshold - 2 * Self.scoreError }
      }
      let candidates = entries.map { rescored($0.row, probes, panel.lowerBound + probe) }
      lists.append(candidates.sorted { $0.precedes($1) }.prefix(k), unsearched: unsearched)
    }
    return lists
  }
}
