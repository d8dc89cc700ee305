// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Galleries
package import Population
internal import Synchronization

/// Exact search of a gallery that is never stored: blocks of templates are drawn, multiplied, forgotten.
///
/// Inner products do not change under the population's map, so blocks are drawn in the 145 latent
/// coordinates, 3.5 times fewer than a template's. Up to 2,048 probes share the drawing. A first look at
/// every template is by bytes, whose error has a proven bound; who may be among the best by that bound is
/// looked at in latent coordinates; and the heads of the lists are computed again in double from
/// 512-dimensional templates, as `ExactMatcher` does. Lists are those of exact search to the last bit,
/// whatever the threads and the rest of the batch. Cost: N x B x 160 byte products, one drawing of the
/// gallery per 2,048 probes, and some 20 MB a thread.
package final class StreamingMatcher: Matcher {
  /// Templates of a block: 290 KiB of floats and 80 of bytes, in a core's second-level cache with the
  /// probes.
  static let blockSize = 512
  /// Probes that share a drawing of the gallery.
  package static let panelSize = 2048
  /// Bound of the error of a product in latent coordinates, in double and rounded, against that of the
  /// 512-dimensional vectors: 18 x 2^-24 for each vector, mapped by that many stages of float32
  /// additions, and 2^-24 for each rounding: 3e-6. Stated as for the other matchers, with room to spare.
  static let scoreError: Float = 3.1e-5

  package let information: MatcherInformation
  package let gallery: GalleryDescription
  private let population: Population
  private let threads: Int

  /// A matcher that searches identities `0 ..< size` of `population` on `threads` threads.
  ///
  /// - Throws: `GalleryError` with code `badSize`.
  package init(population: Population, size: Int, threads: Int) throws(GalleryError) {
    precondition(threads >= 1, "a search needs a thread")
    gallery = try .procedural(population, size: size)
    self.population = population
    self.threads = threads
    information = MatcherInformation(
      name: "streaming",
      precision: "byte products, candidates within their error bound rescored exactly",
      isExact: true, threads: threads)
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    try await search(probes, k: k, within: 0..<UInt64(gallery.size), deadline: deadline)
  }

  /// The `k` best candidates of every probe among `identities` alone, or all where there are fewer.
  ///
  /// `progress` is called from the threads of the search with the templates compared so far and all that
  /// are to be, a template counting once for each panel of 2,048 probes, about once in 65,536 of them;
  /// its calls may overlap and arrive out of order.
  package func search(
    _ probes: ProbeBatch, k: Int, within identities: Range<UInt64>,
    deadline: ContinuousClock.Instant? = nil,
    progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) async throws -> CandidateLists {
    precondition(identities.upperBound <= gallery.size, "identities beyond the gallery")
    let panels = (probes.count + Self.panelSize - 1) / Self.panelSize
    return try await SearchPanels.lists(
      probes, k: k, gallery: identities.count, dimension: Population.dimension,
      size: Self.panelSize
    ) { panel, wanted in
      let before = panel.lowerBound / Self.panelSize * identities.count
      return try await search(
        StreamedPanel(probes, panel, population), wanted, identities, deadline
      ) { done in progress?(before + done, panels * identities.count) }
    }
  }

  private func search(
    _ panel: StreamedPanel, _ k: Int, _ identities: Range<UInt64>,
    _ deadline: ContinuousClock.Instant?, _ progress: @escaping @Sendable (Int) -> Void
  ) async throws -> CandidateLists {
    let blocks = (identities.count + Self.blockSize - 1) / Self.blockSize
    let workers = (0..<min(threads, blocks)).map { _ in
      StreamingWorker(panel, block: Self.blockSize, k: k)
    }
    let counter = Atomic<Int>(0)
    let done = try await WorkerThreads.run(
      threads: workers.count, items: blocks, deadline: deadline
    ) { worker, block in
      let low = identities.lowerBound + UInt64(block * Self.blockSize)
      workers[worker].scan(low..<min(low + UInt64(Self.blockSize), identities.upperBound))
      let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
      if count % 128 == 0 { progress(min(count * Self.blockSize, identities.count)) }
    }
    let searched = min(done * Self.blockSize, identities.count)
    progress(searched)
    var lists = CandidateLists()
    for probe in 0..<panel.count {
      var entries = workers.flatMap { $0.best(probe) }
      panel.thin(&entries, to: k, error: Self.scoreError)
      lists.append(
        panel.best(entries, probe, k), unsearched: identities.count - searched)
    }
    return lists
  }
}
