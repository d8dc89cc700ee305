// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Galleries
internal import Matching

/// The matchers that a benchmark knows. A further one is a case here and its lines in the switches.
package enum MatcherKind: String, CaseIterable, Codable, Hashable, Sendable {
  case exact, int8, sketch

  /// Bytes that one pass of the scan reads a template.
  package func bytesPerTemplate(dimension: Int) -> Int {
    switch self {
    case .exact: dimension * MemoryLayout<Float>.size
    case .int8: dimension + MemoryLayout<Float>.size
    case .sketch: SketchCode.byteCount
    }
  }

  /// Probes that share a pass over the templates.
  package var probesPerPass: Int {
    switch self {
    case .exact: ExactMatcher.panelSize
    case .int8: Int8Matcher.panelSize
    case .sketch: SketchMatcher.panelSize
    }
  }

  /// Whether its work is inner products of all coordinates, so that sgemm on the same shape says how
  /// good it is; otherwise reading is the only limit known.
  package var isProduct: Bool {
    switch self {
    case .exact, .int8: true
    case .sketch: false
    }
  }

  /// Whether it must agree with the reference to the last candidate.
  package var mustAgree: Bool { self == .exact }

  /// A way to make it with so many threads, of what `gallery` has; large memory is taken here, once.
  func factory(
    _ gallery: BenchGallery, exact: (any TemplateSource)?, threads: Int, listLength: Int?,
    progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> (_ threads: Int) -> any Matcher {
    switch self {
    case .exact:
      let source: any TemplateSource
      if let exact {
        source = exact
      } else {
        source = try await gallery.templates(threads: threads, progress: progress)
      }
      return { ExactMatcher(gallery: source, threads: $0) }
    case .int8:
      let (quantized, rescorer) = try await gallery.quantized(
        exact: exact, threads: threads, progress: progress)
      return { Int8Matcher(gallery: quantized, rescorer: rescorer, threads: $0) }
    case .sketch:
      let (codes, population) = try await gallery.sketch(threads: threads, progress: progress)
      return {
        SketchMatcher(
          gallery: codes, population: population, threads: $0, listLength: listLength)
      }
    }
  }
}
