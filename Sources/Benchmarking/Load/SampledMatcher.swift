// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Galleries
package import Matching
internal import Synchronization

/// A matcher that remembers some of its searches, to be compared with another's afterwards.
///
/// Searches are taken at growing distance, every one at first, then every second, fourth and so on, so that
/// a run of any length gives a sample of all of it in bounded memory.
package final class SampledMatcher: Matcher {
  /// Searches that were remembered.
  package struct Sample: Sendable {
    package let probes: ProbeBatch
    package let lists: CandidateLists
  }

  private struct State {
    var probes: [[Float]] = []
    var lists: [[Candidate]] = []
    var seen = 0
    var distance = 1
  }

  private let matcher: any Matcher
  private let limit: Int
  private let state = Mutex(State())

  package var gallery: GalleryDescription { matcher.gallery }
  package var information: MatcherInformation { matcher.information }

  package init(_ matcher: any Matcher, limit: Int) {
    self.matcher = matcher
    self.limit = limit
  }

  package func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists {
    let lists = try await matcher.search(probes, k: k, deadline: deadline)
    state.withLock { state in
      for probe in 0..<probes.count {
        defer { state.seen += 1 }
        guard limit > 0, state.seen % state.distance == 0 else { continue }
        if state.probes.count == limit {
          state.probes = Self.halved(state.probes)
          state.lists = Self.halved(state.lists)
          state.distance *= 2
          guard state.seen % state.distance == 0, state.probes.count < limit else { continue }
        }
        state.probes.append(unsafe probes.withRow(probe) { unsafe Array($0) })
        state.lists.append(Array(lists[probe]))
      }
    }
    return lists
  }

  /// Hands over what was remembered, and begins anew.
  package func takeSample() throws(MatchingError) -> Sample {
    let (rows, lists) = state.withLock { state in
      defer { state = State() }
      return (state.probes, state.lists)
    }
    var probes = ProbeBatch(dimension: matcher.gallery.dimension, capacity: rows.count)
    for row in rows { try probes.append(row) }
    var found = CandidateLists()
    for list in lists { found.append(list) }
    return Sample(probes: probes, lists: found)
  }

  private static func halved<T>(_ all: [T]) -> [T] {
    stride(from: 0, to: all.count, by: 2).map { all[$0] }
  }
}

/// How far a pipeline's searches agreed with exact search.
package struct LoadAgreement: Codable, Hashable, Sendable {
  /// Searches compared.
  package var searches: Int
  /// Those that differ from exact search: in any candidate where the matcher promises exact search's lists,
  /// else in who is at or above the threshold.
  package var differing: Int
  /// What was compared with.
  package var reference: String

  /// - Parameter threshold: the cosine from which a candidate is an alert; `nil` to compare whole lists.
  package init(
    _ found: CandidateLists, reference: CandidateLists, named name: String, threshold: Double?
  ) {
    precondition(found.count == reference.count, "a list for every search")
    searches = found.count
    self.reference = name
    differing = (0..<found.count).count { search in
      guard let threshold else { return found[search] != reference[search] }
      func alerts(_ lists: CandidateLists) -> [UInt64] {
        lists[search].filter { Double($0.score) >= threshold }.map(\.subject)
      }
      return alerts(found) != alerts(reference)
    }
  }
}
