// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Matching

/// The exact candidates of labelled probes in a gallery of any size, to hold other matchers against.
///
/// The gallery is searched by streaming, shard by shard. Every finished shard is kept in the cache, so
/// that a search that was killed goes on at the shard it was in, and one that was made is read. The best
/// of all shards' best are the best of the gallery: the lists are exact.
package struct GroundTruth: Sendable {
  /// To be raised whenever the search that makes shards was found wrong, so that none made by it is
  /// believed any longer.
  static let searchVersion = 1

  /// Identities of a shard: some seconds' work for a thousand probes.
  package static let defaultShardSize = 1 << 24

  package let probes: LabelledProbes
  /// Templates of the gallery: identities `0 ..< gallerySize` of the probes' population.
  package let gallerySize: Int
  /// Candidates a list has, unless the gallery has fewer.
  package let k: Int
  package let shardSize: Int
  /// What the lists depend on, one `key=value` a line.
  package let canonicalText: String
  /// SHA-256 of the canonical text: equal digests, equal lists.
  package let digest: SHA256Digest

  package init(
    _ probes: LabelledProbes, gallerySize: Int, k: Int, shardSize: Int = defaultShardSize
  ) {
    precondition(gallerySize >= 0 && k >= 0 && shardSize >= 1, "sizes are counts")
    self.probes = probes
    self.gallerySize = gallerySize
    self.k = k
    self.shardSize = shardSize
    canonicalText = """
      sightline truth
      gallery-size=\(gallerySize)
      k=\(k)
      shard-size=\(shardSize)

      """ + (Self.searchVersion == 1 ? "" : "search=\(Self.searchVersion)\n")
      + probes.canonicalText
    digest = SHA256Digest(of: canonicalText)
  }

  /// The identities of every shard.
  package var shards: [Range<UInt64>] {
    stride(from: 0, to: gallerySize, by: shardSize).map {
      UInt64($0)..<UInt64(min($0 + shardSize, gallerySize))
    }
  }

  /// What `find` gives.
  package struct Outcome: Sendable {
    /// The list of every probe: complete, in the order of the probes.
    package let lists: CandidateLists
    /// Shards read from the cache.
    package let read: Int
    /// Shards computed now.
    package let computed: Int
    /// Files of the cache that were damaged or not what their names say, and were computed anew.
    package let rejected: Int
    /// Templates of the computed shards; each was compared with every probe.
    package let templates: Int
  }

  /// How far `find` is.
  package struct Progress: Sendable {
    /// Templates compared with all probes, those of the cache's shards among them.
    package let done: Int
    /// Templates that the cache had at the start.
    package let cached: Int
    package let total: Int
  }

  /// Reads the lists from `cache`, or computes and keeps what it lacks.
  ///
  /// `progress` is called from the threads of the search; its calls may overlap and arrive out of order.
  /// - Throws: `FileError` when the cache cannot be written; `EvaluationError` with code `interrupted`
  ///   when the task is cancelled, in which case finished shards are kept.
  package func find(
    cache: TruthCache, threads: Int, progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws -> Outcome {
    let matcher = try StreamingMatcher(
      population: probes.population, size: gallerySize, threads: threads)
    try cache.prepare(self)
    var best = [[Candidate]](repeating: [], count: probes.count)
    var (missing, rejected, cached) = ([Range<UInt64>](), 0, 0)
    for shard in shards {
      switch cache.read(shard, of: self) {
      case .lists(let lists):
        merge(lists, into: &best)
        cached += shard.count
      case .absent:
        missing.append(shard)
      case .wrong:
        missing.append(shard)
        rejected += 1
      }
    }
    let panels = (probes.count + StreamingMatcher.panelSize - 1) / StreamingMatcher.panelSize
    var done = cached
    for (index, shard) in missing.enumerated() {
      let found: CandidateLists
      do {
        found = try await matcher.search(probes.batch, k: k, within: shard) {
          [done, cached] compared, _ in
          progress?(
            Progress(
              done: done + compared / max(panels, 1), cached: cached, total: gallerySize))
        }
      } catch is CancellationError {
        let kept = shards.count - missing.count + index
        throw EvaluationError(
          .interrupted,
          "interrupted; \(kept) of \(shards.count) shards are kept in \(cache.folder(of: self)), and the "
            + "same command goes on from there")
      }
      try cache.write(found, shard, of: self)
      merge(found, into: &best)
      done += shard.count
    }
    var lists = CandidateLists()
    for list in best { lists.append(list) }
    return Outcome(
      lists: lists, read: shards.count - missing.count, computed: missing.count,
      rejected: rejected, templates: gallerySize - cached)
  }

  private func merge(_ lists: CandidateLists, into best: inout [[Candidate]]) {
    for probe in best.indices {
      let all = best[probe] + lists[probe]
      best[probe] = Array(all.sorted { $0.precedes($1) }.prefix(k))
    }
  }
}
