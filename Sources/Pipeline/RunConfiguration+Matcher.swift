// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
package import Matching
package import Population

extension RunConfiguration {
  /// Opens or draws the gallery for probes of `population`, and the matcher that searches it.
  ///
  /// - Throws: `FileError` or `GalleryError`, before anything large is allocated where it can be told.
  package func matcher(
    _ population: Population, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) async throws -> any Matcher {
    var total = 0
    if case .procedural(let size) = gallery { total = size }
    let report: @Sendable (Int) -> Void = { [total] in progress($0, total) }
    switch try matcher == .auto ? MatcherChoice(fitting: gallery.encoding()) : matcher {
    case .sketch:
      return SketchMatcher(
        gallery: try await gallery.sketch(
          population: population, threads: threads, progress: report),
        population: population, threads: threads)
    case .int8:
      return Int8Matcher(
        gallery: try await gallery.quantized(
          population: population, threads: threads, progress: report),
        rescorer: .population(population), threads: threads)
    case .exact, .auto:
      return ExactMatcher(
        gallery: try await gallery.source(
          population: population, threads: threads, progress: report), threads: threads)
    }
  }
}

extension MatcherChoice {
  /// What a gallery of this encoding is searched by, unless told otherwise.
  init(fitting encoding: GalleryEncoding) {
    switch encoding {
    case .float32: self = .exact
    case .int8: self = .int8
    case .sketch: self = .sketch
    }
  }
}
