// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import Population
package import SystemPackage

/// Which gallery a command is to search: `--gallery PATH` or `--gallery procedural:1.3e9`.
package enum GalleryArgument: Hashable, Sendable, CustomStringConvertible {
  private static let procedural = "procedural:"

  /// A folder made by `sightline gallery create` or `import`.
  case stored(FilePath)
  /// So many templates drawn when they are needed; no file at all.
  case procedural(size: Int)

  /// Reads a path, or `procedural:` and a count: 100000, 250k, 1.5m, 1.3e9, 1.3g.
  package init(_ text: String) throws(GalleryError) {
    guard text.hasPrefix(Self.procedural) else {
      guard !text.isEmpty, !text.utf8.contains(0) else {
        throw GalleryError(
          .badArgument, "give a gallery's folder, or procedural:N for one without files")
      }
      self = .stored(FilePath(text))
      return
    }
    let count = text.dropFirst(Self.procedural.count)
    guard let size = Self.count(count), size >= 1, size < Int(Population.firstStranger) else {
      throw GalleryError(
        .badArgument,
        "\"\(text)\": give a whole number of templates from 1 to 2^40 - 1, such as procedural:100k or "
          + "procedural:1.3e9")
    }
    self = .procedural(size: size)
  }

  private static func count(_ text: Substring) -> Int? {
    var digits = text
    var factor = 1.0
    if let suffix = digits.last?.lowercased(), let known = ["k": 1e3, "m": 1e6, "g": 1e9][suffix] {
      factor = known
      digits.removeLast()
    }
    guard let number = Double(digits) else { return nil }
    return Int(exactly: number * factor)
  }

  package var description: String {
    switch self {
    case .stored(let path): path.string
    case .procedural(let size): Self.procedural + "\(size)"
    }
  }

  /// The float32 templates to search against probes of `population`: mapped from the folder, or drawn
  /// into memory.
  ///
  /// - Throws: `FileError` as `StoredGallery.open`. `GalleryError`: `foreign` for vectors from elsewhere,
  ///   `notOfPopulation` if the templates are not those of `population`, `wrongEncoding`, `doesNotFit`
  ///   in memory, `cancelled`.
  package func source(
    population: Population, threads: Int, progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws -> any TemplateSource {
    switch self {
    case .procedural(let size):
      return try await InMemoryGallery.build(
        population: population, size: size, threads: threads, progress: progress)
    case .stored(let path):
      return try Self.open(path, for: population).templates()
    }
  }

  /// The codes to search against probes of `population`: mapped from the folder, or made in memory.
  ///
  /// - Throws: as `source`.
  package func sketch(
    population: Population, threads: Int, progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws -> SketchGallery {
    switch self {
    case .procedural(let size):
      return try await SketchGallery.build(
        population: population, size: size, threads: threads, progress: progress)
    case .stored(let path):
      return try Self.open(path, for: population).sketch()
    }
  }

  /// The int8 templates to search against probes of `population`: mapped from the folder, quantized in
  /// memory from a folder of float32, or drawn and quantized in memory.
  ///
  /// - Throws: as `source`.
  package func quantized(
    population: Population, threads: Int, progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws -> QuantizedGallery {
    switch self {
    case .procedural(let size):
      return try await QuantizedGallery.build(
        population: population, size: size, threads: threads, progress: progress)
    case .stored(let path):
      let gallery = try Self.open(path, for: population)
      guard gallery.encoding == .float32 else { return try gallery.quantized() }
      return try await QuantizedGallery.build(
        quantizing: try gallery.templates(), threads: threads, progress: progress)
    }
  }

  /// How the gallery is encoded: as its folder says, float32 for a procedural one.
  package func encoding() throws -> GalleryEncoding {
    guard case .stored(let path) = self else { return .float32 }
    return try StoredGallery.open(path).encoding
  }

  private static func open(
    _ path: FilePath, for population: Population
  ) throws -> StoredGallery {
    let gallery = try StoredGallery.open(path)
    // Cheapest first; of a gallery too large for this machine no row is touched.
    if gallery.manifest.simulated { try gallery.layout.requireMemory() }
    try gallery.requireSimulated()
    guard gallery.description.population == population.digest else {
      throw GalleryError(
        .notOfPopulation,
        "\(path) was drawn from another population than the probes; create it with their seed, "
          + "--seed \(population.description.seed), and this sightline")
    }
    return gallery
  }
}
