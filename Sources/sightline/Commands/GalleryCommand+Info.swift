// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import ArgumentParser
internal import Files
internal import Galleries
internal import Pipeline
internal import Population
internal import Reports
internal import SystemPackage

extension GalleryCommand {
  struct Info: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open a gallery and tell what it is; no template is read.")

    @Argument(help: "Folder of the gallery.")
    var gallery: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
      let start = Monotonic.now()
      let opened = try StoredGallery.open(FilePath(gallery))
      let facts = Facts(opened, milliseconds: GalleryCommand.seconds(since: start) * 1000)
      try Console.output(json ? try facts.json() : facts.text)
    }
  }

  /// What `info` tells.
  struct Facts: Encodable {
    let path: String
    let formatVersion = GalleryManifest.currentVersion
    let simulated: Bool
    let size: Int
    let dimension: Int
    let encoding: String
    let populationSeed: UInt64?
    let populationDigest: String?
    let galleryDigest: String
    let manifestDigest: String
    let chunks: Int
    let chunkTemplates: Int
    let dataBytes: Int
    let memoryBytes: Int
    let memoryAvailable: Int?
    let openMilliseconds: Double

    enum CodingKeys: String, CodingKey {
      case path
      case formatVersion = "format_version"
      case simulated, size, dimension, encoding
      case populationSeed = "population_seed"
      case populationDigest = "population_digest"
      case galleryDigest = "gallery_digest"
      case manifestDigest = "manifest_digest"
      case chunks
      case chunkTemplates = "chunk_templates"
      case dataBytes = "data_bytes"
      case memoryBytes = "memory_bytes"
      case memoryAvailable = "memory_available_bytes"
      case openMilliseconds = "open_ms"
    }

    init(_ gallery: StoredGallery, milliseconds: Double) {
      path = gallery.path.string
      simulated = gallery.manifest.simulated
      size = gallery.count
      dimension = gallery.dimension
      encoding = gallery.encoding.rawValue
      populationSeed = gallery.manifest.population?.seed
      populationDigest = gallery.description.population?.hex
      galleryDigest = gallery.description.digest.hex
      manifestDigest = gallery.manifest.digest.hex
      chunks = gallery.layout.chunkCount
      chunkTemplates = gallery.layout.chunkTemplates
      dataBytes = gallery.layout.dataBytes
      memoryBytes = gallery.layout.memoryBytes
      memoryAvailable = SystemMemory.availableBytes
      openMilliseconds = milliseconds
    }

    var text: String {
      let origin =
        populationSeed.map { "drawn from the population model, seed \($0)" }
        ?? "vectors from elsewhere, for benchmarks only; a run refuses them"
      let available = memoryAvailable.map { " (\(Text.bytes($0)) available)" } ?? ""
      return """
        \(path): \(Text.count(size)) templates of \(dimension), \(encoding)
          simulated  \(simulated): \(origin)
          gallery    \(galleryDigest)
          on disk    \(Text.bytes(dataBytes)) in \(Text.count(chunks)) chunks of \
        \(Text.count(chunkTemplates)) templates
          to search  \(Text.bytes(memoryBytes)) of memory\(available)
          opened in  \(Text.milliseconds(openMilliseconds)) ms; `sightline gallery verify` reads it all
        """
    }
  }
}
