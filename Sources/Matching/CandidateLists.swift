// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The candidates of every probe of a batch, in one array; each list by falling score, ties by rising
/// subject.
///
/// A search that its deadline overtook says so: its lists hold the best of what it came to see.
package struct CandidateLists: Hashable, Sendable {
  private var candidates: [Candidate] = []
  private var ends: [Int] = []
  private var missing: [Int] = []

  package init() {}

  /// Number of probes.
  package var count: Int { ends.count }

  /// The candidates of probe number `probe`, best first. O(1), no copy.
  package subscript(probe: Int) -> ArraySlice<Candidate> {
    candidates[(probe == 0 ? 0 : ends[probe - 1])..<ends[probe]]
  }

  /// Templates that were not compared with probe number `probe` before the deadline; 0 for a whole
  /// search.
  package func unsearched(_ probe: Int) -> Int { missing[probe] }

  /// Whether every probe was searched in the whole gallery.
  package var isComplete: Bool { missing.allSatisfy { $0 == 0 } }

  /// Adds the list of the next probe, with `unsearched` templates not compared.
  package mutating func append(_ list: some Collection<Candidate>, unsearched: Int = 0) {
    candidates.append(contentsOf: list)
    ends.append(candidates.count)
    missing.append(unsearched)
  }

  /// Adds the lists of further probes.
  package mutating func append(_ other: CandidateLists) {
    let offset = candidates.count
    candidates.append(contentsOf: other.candidates)
    ends.append(contentsOf: other.ends.map { $0 + offset })
    missing.append(contentsOf: other.missing)
  }
}
