// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The candidates of every probe of a batch, in one array; each list by falling score, ties by rising
/// subject.
package struct CandidateLists: Hashable, Sendable {
  private var candidates: [Candidate] = []
  private var ends: [Int] = []

  package init() {}

  /// Number of probes.
  package var count: Int { ends.count }

  /// The candidates of probe number `probe`, best first. O(1), no copy.
  package subscript(probe: Int) -> ArraySlice<Candidate> {
    candidates[(probe == 0 ? 0 : ends[probe - 1])..<ends[probe]]
  }

  /// Adds the list of the next probe.
  package mutating func append(_ list: some Collection<Candidate>) {
    candidates.append(contentsOf: list)
    ends.append(candidates.count)
  }

  /// Adds the lists of further probes.
  package mutating func append(_ other: CandidateLists) {
    let offset = candidates.count
    candidates.append(contentsOf: other.candidates)
    ends.append(contentsOf: other.ends.map { $0 + offset })
  }
}
