// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Population

/// What a stored gallery is: `manifest.json`, written last, so that a folder without it is no gallery.
package struct GalleryManifest: Hashable, Sendable {
  /// Version of the folder's format; a later one is refused.
  package static let currentVersion = 1
  package static let fileName = "manifest.json"
  /// A manifest above this size is refused; 4,096 chunks of two files need 0.6 MB.
  package static let byteLimit = 64 << 20

  package let layout: GalleryLayout
  /// The model its templates were drawn from; `nil` for vectors from elsewhere.
  package let population: PopulationDescription?
  package let description: GalleryDescription
  /// SHA-256 of every chunk, file by file in the layout's order.
  package let chunks: [[SHA256Digest]]

  /// Whether nobody real is in it.
  package var simulated: Bool { population != nil }

  /// Either a population or the digest of rows from elsewhere says what the templates are.
  init(
    layout: GalleryLayout, population: PopulationDescription?, rows: SHA256Digest?,
    chunks: [[SHA256Digest]]
  ) {
    self.layout = layout
    self.population = population
    self.chunks = chunks
    description = GalleryDescription(
      population: population?.digest, rows: rows, size: layout.size, dimension: layout.dimension,
      encoding: layout.encoding.rawValue)
  }

  /// SHA-256 of the manifest's canonical text: it changes with any bit of the gallery.
  package var digest: SHA256Digest {
    var text = """
      sightline gallery manifest
      format=\(Self.currentVersion)
      gallery=\(description.digest.hex)
      chunk-templates=\(layout.chunkTemplates)

      """
    for (file, digests) in zip(layout.files, chunks) {
      text += "file=\(file.name) bytes=\(file.bytes(of: 0..<layout.size).upperBound)\n"
      for digest in digests { text += "chunk=\(digest.hex)\n" }
    }
    return SHA256Digest(of: text)
  }
}
