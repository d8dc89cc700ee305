// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A search as panels of probes that share a pass over the gallery.
enum SearchPanels {
  /// The lists of all probes: those of `search` for each panel of up to `size` probes, in order, with the
  /// candidates wanted; empty ones where that is none.
  ///
  /// - Throws: `MatchingError` with code `wrongDimension`; what `search` throws.
  static func lists(
    _ probes: ProbeBatch, k: Int, gallery count: Int, dimension: Int, size: Int,
    _ search: (_ panel: Range<Int>, _ wanted: Int) async throws -> CandidateLists
  ) async throws -> CandidateLists {
    precondition(k >= 0, "a list has no fewer than 0 candidates")
    guard probes.dimension == dimension else {
      throw MatchingError(
        .wrongDimension,
        "the probes have \(probes.dimension) coordinates, the templates \(dimension)")
    }
    let wanted = min(k, count)
    var lists = CandidateLists()
    for first in stride(from: 0, to: probes.count, by: size) {
      let panel = first..<min(first + size, probes.count)
      if wanted == 0 {
        for _ in panel { lists.append([]) }
      } else {
        lists.append(try await search(panel, wanted))
      }
    }
    return lists
  }
}
