// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Galleries
package import Population
internal import Synchronization

/// Search of 16-byte sketches, then exact scores of the best: 1.3 billion templates on one small machine.
///
/// Every code is scored against the real-valued probe by in-register tables (`Sketches.md`); codes at or
/// above a threshold, by the distribution of that probe's scores over strangers, are its list. Of the people on the list
/// the cosine is bounded as they come (`ScoreBounds`), and only those who may be among the k best are
/// kept; these are drawn again from the population and scored, the head in double as `ExactMatcher` does,
/// so that equal candidates have equal scores to the last bit. Lists are never held, and what is found
/// does not depend on the threads. Up to 64 probes share a pass over the codes. Cost: N x B table sums
/// and B x `listLength` bounds of 11 ns.
///
/// What it can miss is what the list does not hold. Galleries no longer than the list are searched
/// exactly.
package final class SketchMatcher: Matcher {
  /// The shortest list that is chosen: a shorter one saves nothing.
  package static let shortestList = 1_024
  /// Probes that share a pass over the codes.
  package static let panelSize = 64
  /// Codes of one kernel call: 512 KiB, in cache together with its hits.
  static let pieceSize = 1 << 15
  /// Identities looked at in one go where all of them are.
  private static let blockSize = 1_024
  /// Codes from which a probe's threshold is read where demographic cells make signs uneven.
  private static let sampleSize = 1 << 18
  // Float32 products of 145 terms, vectors mapped and unmapped: a generous bound of their error.
  private static let scoreError: Float = 3.1e-5

  package let information: MatcherInformation
  package var gallery: GalleryDescription { codes.description }
  /// About how many codes of each search are looked at more closely.
  package let listLength: Int
  /// Workers whose memory is kept for later searches: no more than the threads of the searches that
  /// overlapped.
  package var spareWorkers: Int { idle.withLock { $0.count } }
  private let codes: SketchGallery
  private let population: Population
  private let model: SketchModel
  private let bounds: ScoreBounds
  private let threads: Int
  private let sample: [UInt8]
  private let idle = Mutex<[SketchWorker]>([])

  /// - Parameters:
  ///   - recall: what the lists are to hold; how long they must be for it, `SketchListModel` says (0.5 s
  ///     for a gallery size that is new to the process).
  ///   - listLength: codes to look at more closely, whatever the recall.
  package init(
    gallery: SketchGallery, population: Population, threads: Int,
    recall: SketchRecall = SketchRecall(), listLength: Int? = nil
  ) {
    precondition(threads >= 1, "a search needs a thread")
    precondition(
      gallery.description.population == population.digest, "the codes are another population's")
    codes = gallery
    self.population = population
    self.threads = threads
    model = SketchModel(population.description)
    bounds = ScoreBounds(population)
    self.listLength = max(
      listLength
        ?? Self.listLength(for: recall, population: population, gallerySize: gallery.count), 1)
    sample = population.description.cells == nil ? [] : Self.sample(of: gallery)
    information = MatcherInformation(
      name: "sketch", precision: "16-byte codes, the best \(self.listLength) rescored exactly",
      isExact: gallery.count <= self.listLength, threads: threads)
  }

  /// Codes to rerank for `recall` in a gallery of this size.
  package static func listLength(
    for recall: SketchRecall, population: Population, gallerySize: Int
  ) -> Int {
    // No need to ask about galleries that are searched exactly.
    if gallerySize <= shortestList { return shortestList }
    let share = SketchListModel.of(population.description)
      .share(for: recall, gallerySize: gallerySize)
    return max(Int((Double(gallerySize) * share).rounded(.up)), shortestList)
  }

  private static func sample(of gallery: SketchGallery) -> [UInt8] {
    let count = min(gallery.count, sampleSize)
    var sample: [UInt8] = []
    sample.reserveCapacity(count * SketchCode.byteCount)
    for index in 0..<count {
      // Evenly over the gallery; 64-bit products of counts below 2^40 and 2^18 cannot overflow.
      let place = index * gallery.count / max(count, 1)
      unsafe gallery.withCodes(place..<place + 1) { unsafe sample.append(contentsOf: $0) }
    }
    return sample
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    try await SearchPanels.lists(
      probes, k: k, gallery: codes.count, dimension: Population.dimension, size: Self.panelSize
    ) { panel, wanted in
      try await search(probes, panel, wanted, deadline)
    }
  }

  private func search(
    _ probes: ProbeBatch, _ range: Range<Int>, _ k: Int, _ deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    if let deadline, ContinuousClock.now >= deadline {
      // Not even the tables are made.
      try Task.checkCancellation()
      var lists = CandidateLists()
      for _ in range { lists.append([], unsearched: codes.count) }
      return lists
    }
    let panel = prepared(probes, range)
    let whole = codes.count <= listLength
    let piece = whole ? Self.blockSize : Self.pieceSize
    let pieces = (codes.count + piece - 1) / piece
    let workers = take(min(threads, pieces))
    for worker in workers { worker.prepare(probes: range.count, piece: piece, k: k) }
    // A cancelled search throws here or below, and its workers' memory goes with it.
    let done = try await WorkerThreads.run(
      threads: workers.count, items: pieces, deadline: deadline
    ) { [codes, bounds] worker, item in
      let low = item * piece
      let range = low..<min(low + piece, codes.count)
      if whole {
        workers[worker].takeAll(range, panel: panel, bounds: bounds)
      } else {
        unsafe codes.withCodes(range) {
          unsafe workers[worker].scan($0, first: low, panel: panel, bounds: bounds)
        }
      }
    }
    let found = Mutex([[Candidate]](repeating: [], count: range.count))
    try await WorkerThreads.run(threads: workers.count, items: range.count) { worker, item in
      let head = workers[worker].head(
        of: workers, probe: item, k: k, panel: panel, bounds: self.bounds)
      let best = self.best(head, probes, range.lowerBound + item, panel.latents[item], k)
      found.withLock { $0[item] = best }
    }
    idle.withLock { $0.append(contentsOf: workers) }
    var lists = CandidateLists()
    for list in found.withLock({ $0 }) {
      lists.append(list, unsearched: max(codes.count - done * piece, 0))
    }
    return lists
  }

  private func take(_ count: Int) -> [SketchWorker] {
    idle.withLock { idle in
      let reused = min(count, idle.count)
      let taken = Array(idle.suffix(reused))
      idle.removeLast(reused)
      return taken + (reused..<count).map { _ in SketchWorker() }
    }
  }

  // MARK: - Before the scan

  private func prepared(_ probes: ProbeBatch, _ range: Range<Int>) -> SketchPanel {
    var panel = SketchPanel()
    for probe in range {
      var latent = [Float](repeating: 0, count: Population.latentDimension)
      unsafe probes.withRow(probe) { row in
        unsafe latent.withUnsafeMutableBufferPointer {
          unsafe LatentSpace.writeLatent(ofTemplate: row, into: $0)
        }
      }
      let ready = unsafe latent.withUnsafeBufferPointer {
        unsafe SketchProbe(latent: $0, model: model)
      }
      panel.tables += ready.tables
      if codes.count > listLength { panel.thresholds.append(threshold(ready)) }
      panel.probes.append(ScoreBounds.Probe(latent: latent))
      panel.latents.append(latent)
    }
    return panel
  }

  /// The score that at least `listLength` codes of the gallery are expected to reach.
  private func threshold(_ probe: SketchProbe) -> UInt16 {
    if !sample.isEmpty { return sampleThreshold(probe) }
    let distribution = probe.distribution(cells: model.cells.shares)
    var expected = 0.0
    for score in distribution.indices.reversed() {
      expected += distribution[score] * Double(codes.count)
      if expected >= Double(listLength) { return UInt16(score) }
    }
    return 0
  }

  private func sampleThreshold(_ probe: SketchProbe) -> UInt16 {
    let count = sample.count / SketchCode.byteCount
    // A little more than wanted, since a rank in a sample wavers by its root.
    let expected = Double(count) * Double(listLength) / Double(codes.count)
    let rank = min(count - 1, Int(expected + 3 * expected.squareRoot()))
    var hits = [UInt32](repeating: 0, count: count)
    let found = unsafe sl_sketch_scan(probe.tables, sample, count, 0, &hits)
    return SketchWorker.score(ofRank: rank, in: hits[..<found])
  }

  // MARK: - After the scan

  /// The `k` best of a head, by exact scores.
  private func best(
    _ head: [SketchHead.Entry], _ probes: ProbeBatch, _ probe: Int, _ latent: [Float], _ k: Int
  ) -> [Candidate] {
    var row = [Float](repeating: 0, count: Population.latentDimension)
    var best = BestCandidates(k)
    for entry in head {
      let score = unsafe row.withUnsafeMutableBufferPointer { row in
        unsafe population.writeLatent(of: entry.identity, into: row)
        return unsafe Float(sl_exact_dot(latent, row.baseAddress, Population.latentDimension))
      }
      best.offer(Candidate(subject: entry.identity, score: score), error: Self.scoreError)
    }
    best.cut(error: Self.scoreError)
    let rescorer = Rescorer.population(population)
    return best.candidates.map { rescorer.candidate($0.subject, probes, probe) }
      .sorted { $0.precedes($1) }.prefix(k).map { $0 }
  }
}
