// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import Matching
internal import Population

/// Opens or draws the gallery of a point, and keeps it for the next point that has the same.
struct PreparedGalleries {
  private enum Held {
    case templates(any TemplateSource)
    case quantized(QuantizedGallery)
    case codes(SketchGallery)
    case nothing
  }

  let population: Population
  let threads: Int
  private var held: (key: String, gallery: Held)?
  /// What the gallery held took to make.
  private(set) var lastNanoseconds: UInt64?

  init(population: Population, threads: Int) {
    self.population = population
    self.threads = threads
  }

  /// The matcher of `point`, and the length of its list for reranking if it has one.
  mutating func matcher(
    _ point: AccuracyPoint, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) async throws -> (any Matcher, listLength: Int?) {
    let report: @Sendable (Int) -> Void = { [total = point.gallerySize] in progress($0, total) }
    // One gallery a matcher and place: every matcher has a form of its own.
    let key = "\(point.matcher) \(point.gallery)"
    if held?.key != key {
      // The old one goes before the new one is made: both need not fit.
      held = nil
      let start = ProcessUsage.now
      let argument = try GalleryArgument(point.gallery)
      let gallery: Held =
        switch point.matcher {
        case .exact:
          .templates(
            try await argument.source(
              population: population, threads: threads, progress: report))
        case .int8:
          .quantized(
            try await argument.quantized(
              population: population, threads: threads, progress: report))
        case .streaming: .nothing
        case .sketch:
          .codes(
            try await argument.sketch(
              population: population, threads: threads, progress: report))
        }
      lastNanoseconds = ProcessUsage.now.wall - start.wall
      held = (key, gallery)
    }
    switch held?.gallery {
    case .templates(let source):
      return (ExactMatcher(gallery: source, threads: threads), nil)
    case .quantized(let templates):
      let matcher = Int8Matcher(
        gallery: templates, rescorer: .population(population), threads: threads)
      return (matcher, nil)
    case .nothing:
      let matcher = try StreamingMatcher(
        population: population, size: point.gallerySize, threads: threads)
      return (matcher, nil)
    case .codes(let codes):
      let matcher = SketchMatcher(
        gallery: codes, population: population, threads: threads, listLength: point.listLength)
      return (matcher, matcher.listLength)
    case nil: preconditionFailure("the gallery was just made")
    }
  }
}
