// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Galleries
package import Population
internal import Synchronization

/// Search of 16-byte sketches, then exact scores of the best: 1.3 billion templates on one small machine.
///
/// Every code is scored against the real-valued probe by in-register tables (`Sketches.md`); codes above
/// a threshold that a sample of the gallery gives make the list; the templates of the list are drawn
/// again from the population, scored in their 145 latent coordinates, and the head once more in double as
/// `ExactMatcher` does, so that equal candidates have equal scores to the last bit. Up to 64 probes share
/// a pass over the codes. Cost: N x B table sums and B x `listLength` templates.
///
/// What it can miss is what the list does not hold: with the default length some .3 % of mates of line C,
/// and .5 % of false alarms at FPIR .01, at N = 1.3e9. Galleries no longer than the list are searched
/// exactly.
package final class SketchMatcher: Matcher {
  /// Share of the gallery that a list holds, unless told otherwise.
  package static let defaultShare = 2.5e-4
  /// The shortest list: below it the share of a gallery would be too few to hold a mate.
  package static let shortestList = 4_096
  /// Probes that share a pass over the codes.
  static let panelSize = 64
  /// Codes of one kernel call: 512 KiB, in cache together with its hits.
  static let pieceSize = 1 << 15
  /// Codes from which a probe's threshold is read.
  private static let sampleSize = 1 << 18
  // Float32 products of 145 terms, vectors mapped and unmapped: a generous bound of their error.
  private static let scoreError: Float = 3.1e-5

  package let information: MatcherInformation
  package var gallery: GalleryDescription { codes.description }
  /// About how many codes of each search are reranked.
  package let listLength: Int
  private let codes: SketchGallery
  private let population: Population
  private let model: SketchModel
  private let threads: Int
  private let sample: [UInt8]

  /// - Parameter listLength: codes to rerank; `nil` for `defaultShare` of the gallery.
  package init(
    gallery: SketchGallery, population: Population, threads: Int, listLength: Int? = nil
  ) {
    precondition(threads >= 1, "a search needs a thread")
    precondition(
      gallery.description.population == population.digest, "the codes are another population's")
    codes = gallery
    self.population = population
    self.threads = threads
    model = SketchModel(population.description)
    self.listLength = max(
      listLength ?? Int((Double(gallery.count) * Self.defaultShare).rounded(.up)),
      Self.shortestList)
    let count = min(gallery.count, Self.sampleSize)
    var sample: [UInt8] = []
    sample.reserveCapacity(count * SketchCode.byteCount)
    for index in 0..<count {
      // Evenly over the gallery; 64-bit products of counts below 2^40 and 2^18 cannot overflow.
      let place = index * gallery.count / max(count, 1)
      unsafe gallery.withCodes(place..<place + 1) { unsafe sample.append(contentsOf: $0) }
    }
    self.sample = sample
    information = MatcherInformation(
      name: "sketch", precision: "16-byte codes, the best \(self.listLength) rescored exactly",
      isExact: gallery.count <= self.listLength, threads: threads)
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    precondition(k >= 0, "a list has no fewer than 0 candidates")
    guard probes.dimension == Population.dimension else {
      throw MatchingError(
        .wrongDimension,
        "the probes have \(probes.dimension) coordinates, the templates \(Population.dimension)")
    }
    let wanted = min(k, codes.count)
    var lists = CandidateLists()
    for first in stride(from: 0, to: probes.count, by: Self.panelSize) {
      let panel = first..<min(first + Self.panelSize, probes.count)
      if wanted == 0 {
        for _ in panel { lists.append([]) }
        continue
      }
      let found = try await scan(probes, panel)
      for (probe, list) in zip(panel, found) {
        lists.append(try await rerank(probes, probe, list, wanted))
      }
    }
    return lists
  }

  // MARK: - Scan

  /// The identities of the best codes of each probe; which ones depends on nothing but probe and gallery.
  private func scan(_ probes: ProbeBatch, _ panel: Range<Int>) async throws -> [[UInt64]] {
    if codes.count <= listLength {
      return panel.map { _ in (0..<UInt64(codes.count)).map { $0 } }
    }
    var tables: [UInt8] = []
    for probe in panel {
      let ready = unsafe probes.withRow(probe) { unsafe SketchProbe(vector: $0, model: model) }
      tables += ready.tables
    }
    let thresholds = sampleThresholds(tables, probes: panel.count)
    let pieces = (codes.count + Self.pieceSize - 1) / Self.pieceSize
    let workers = (0..<min(threads, pieces)).map { _ in
      SketchWorker(probes: panel.count, piece: Self.pieceSize, limit: listLength)
    }
    try await WorkerThreads.run(threads: workers.count, items: pieces) {
      [codes, tables] worker, item in
      let low = item * Self.pieceSize
      let range = low..<min(low + Self.pieceSize, codes.count)
      unsafe codes.withCodes(range) {
        unsafe workers[worker].scan($0, first: low, tables: tables, thresholds: thresholds)
      }
    }
    return panel.indices.map { index in
      SketchWorker.best(of: workers, probe: index - panel.lowerBound, limit: listLength)
    }
  }

  /// For each probe the score that about `listLength` codes of the gallery reach, by the sample.
  private func sampleThresholds(_ tables: [UInt8], probes: Int) -> [UInt16] {
    let count = sample.count / SketchCode.byteCount
    // A little more than wanted, since a rank in a sample wavers by its root.
    let expected = Double(count) * Double(listLength) / Double(codes.count)
    let rank = min(count - 1, Int(expected + 3 * expected.squareRoot()))
    var hits = [UInt32](repeating: 0, count: count)
    return (0..<probes).map { probe in
      let found = unsafe tables.withUnsafeBufferPointer { all in
        unsafe sl_sketch_scan(
          all.baseAddress.map { unsafe $0 + probe * Int(SL_SKETCH_TABLE_BYTES) }, sample, count, 0,
          &hits)
      }
      return UInt16(SketchWorker.score(ofRank: rank, in: hits.prefix(found).lazy.map { $0 >> 20 }))
    }
  }

  // MARK: - Rerank

  /// The `k` best of `list`, by exact scores.
  private func rerank(
    _ probes: ProbeBatch, _ probe: Int, _ list: [UInt64], _ k: Int
  ) async throws -> [Candidate] {
    let latent = unsafe probes.withRow(probe) { row in
      var latent = [Float](repeating: 0, count: Population.latentDimension)
      unsafe latent.withUnsafeMutableBufferPointer {
        unsafe LatentSpace.writeLatent(ofTemplate: row, into: $0)
      }
      return latent
    }
    let piece = 1_024
    let scored = Mutex<[Candidate]>([])
    try await WorkerThreads.run(threads: threads, items: (list.count + piece - 1) / piece) {
      [population] _, item in
      var row = [Float](repeating: 0, count: Population.latentDimension)
      var best = BestCandidates(k)
      for identity in list[item * piece..<min((item + 1) * piece, list.count)] {
        let score = unsafe row.withUnsafeMutableBufferPointer { row in
          unsafe population.writeLatent(of: identity, into: row)
          return unsafe latent.withUnsafeBufferPointer { probe in
            unsafe Float(sl_exact_dot(probe.baseAddress, row.baseAddress, 145))
          }
        }
        best.offer(Candidate(subject: identity, score: score), error: Self.scoreError)
      }
      scored.withLock { $0 += best.candidates }
    }
    var head = BestCandidates(k)
    for candidate in scored.withLock({ $0 }) { head.offer(candidate, error: Self.scoreError) }
    let rescorer = Rescorer.population(population)
    return head.candidates.map { rescorer.candidate($0.subject, probes, probe) }
      .sorted { $0.precedes($1) }.prefix(k).map { $0 }
  }
}
