// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Galleries

/// Something that finds the templates of a gallery most like a probe, in this process or elsewhere.
package protocol Matcher: Sendable {
  /// What is searched.
  var gallery: GalleryDescription { get }
  /// How it is searched.
  var information: MatcherInformation { get }

  /// The `k` best candidates of every probe, or all where the gallery has fewer.
  ///
  /// Lists do not depend on what else is in the batch. Probes have the gallery's dimension. At
  /// `deadline` the search ends with what it has, and its lists say that they are incomplete; it may be
  /// late by one piece of work, some milliseconds. A cancelled search gives nothing and frees what it
  /// took.
  /// - Throws: `MatchingError`, `CancellationError`, or an engine's own error.
  func search(
    _ probes: ProbeBatch, k: Int, deadline: ContinuousClock.Instant?
  ) async throws -> CandidateLists
}

extension Matcher {
  /// The same without a deadline: all lists are complete.
  package func search(_ probes: ProbeBatch, k: Int) async throws -> CandidateLists {
    try await search(probes, k: k, deadline: nil)
  }
}

/// What a matcher says about itself in results.
package struct MatcherInformation: Codable, Hashable, Sendable {
  /// Short name, such as `exact`.
  package let name: String
  /// What the scores returned are, in words.
  package let precision: String
  /// Whether every search sees every template at full precision.
  package let isExact: Bool
  /// Threads one search uses; `nil` where the matcher cannot know.
  package let threads: Int?

  package init(name: String, precision: String, isExact: Bool, threads: Int?) {
    self.name = name
    self.precision = precision
    self.isExact = isExact
    self.threads = threads
  }
}
