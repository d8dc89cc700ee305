// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Galleries
internal import Matching
package import Population

/// The gallery of a benchmark: drawn from the population model, or vectors from elsewhere in a folder.
///
/// Of a simulated gallery every encoding can be had, since its templates can be drawn again; of vectors
/// from elsewhere only what the folder holds.
package struct BenchGallery: Sendable {
  package let argument: GalleryArgument
  package let size: Int
  package let dimension: Int
  /// `nil` for vectors from elsewhere.
  package let population: Population?
  private let stored: StoredGallery?

  /// Opens the folder, or notes what is to be drawn with `seed`; reads no template.
  ///
  /// - Throws: `FileError`, `GalleryError`, `PopulationError`.
  package init(_ argument: GalleryArgument, seed: UInt64) throws {
    self.argument = argument
    switch argument {
    case .procedural(let size):
      self.size = size
      dimension = Population.dimension
      population = Population(seed: seed)
      stored = nil
    case .stored(let path):
      let opened = try StoredGallery.open(path)
      stored = opened
      size = opened.count
      dimension = opened.dimension
      // The word of the manifest is not enough to draw probes by.
      if opened.manifest.simulated { try opened.requireSimulated() }
      population = try opened.manifest.population.map { try Population($0) }
    }
    guard size >= 1 else {
      throw BenchmarkError(.badPlan, "the gallery is empty; give one with templates")
    }
  }

  /// Where the float32 templates of exact search are.
  package var exactMemory: String {
    stored?.encoding == .float32
      ? "a mapped file, on the page cache's pages" : "memory, 2 MiB pages"
  }

  /// Bytes of memory that float32 templates would take; none for those mapped from a file, which the
  /// page cache holds.
  package var templateBytes: Int {
    stored?.encoding == .float32 ? 0 : size * dimension * MemoryLayout<Float>.size
  }

  /// Float32 templates: mapped where the folder has them, else drawn.
  func templates(
    threads: Int, progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> any TemplateSource {
    if let stored, stored.encoding == .float32 { return try stored.templates() }
    guard let population else {
      throw BenchmarkError(
        .noReference,
        "\(argument) holds \(stored?.encoding.rawValue ?? "no") vectors from elsewhere, and what exact "
          + "search would find cannot be known; import them as float32")
    }
    return try await InMemoryGallery.build(
      population: population, size: size, threads: threads, progress: progress)
  }

  /// int8 templates: mapped where the folder has them, else quantized; and what scores their best exactly.
  func quantized(
    exact: (any TemplateSource)?, threads: Int,
    progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> (QuantizedGallery, Rescorer?) {
    let rescorer = population.map { Rescorer.population($0) }
    if let stored, stored.encoding == .int8 { return (try stored.quantized(), rescorer) }
    if let population, exact == nil {
      let drawn = try await QuantizedGallery.build(
        population: population, size: size, threads: threads, progress: progress)
      return (drawn, rescorer)
    }
    let source: any TemplateSource
    if let exact {
      source = exact
    } else {
      source = try await templates(threads: threads, progress: progress)
    }
    let quantized = try await QuantizedGallery.build(
      quantizing: source, threads: threads, progress: progress)
    return (quantized, rescorer ?? .templates(source.templates))
  }

  /// Codes: mapped where the folder has them, else drawn.
  func sketch(
    threads: Int, progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> (SketchGallery, Population) {
    guard let population else {
      throw BenchmarkError(
        .badPlan,
        "\(argument) holds vectors from elsewhere, and sketches are made for the population model; "
          + "leave sketch out of --matcher")
    }
    if let stored, stored.encoding == .sketch { return (try stored.sketch(), population) }
    let codes = try await SketchGallery.build(
      population: population, size: size, threads: threads, progress: progress)
    return (codes, population)
  }
}
