// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// Which bytes of which files hold which templates: all of it follows from these four numbers.
package struct GalleryLayout: Hashable, Sendable {
  package static let largestDimension = 16_384
  /// Data of a chunk of a gallery that is not huge.
  static let chunkBytes = 64 << 20
  /// Chunks grow beyond `chunkBytes` rather than become more than this.
  static let mostChunks = 4096

  package let encoding: GalleryEncoding
  package let size: Int
  package let dimension: Int
  /// Templates of a chunk, the unit of checksums and of resuming. Chunk *k* of every data file is the
  /// rows of templates `k * chunkTemplates ..< (k + 1) * chunkTemplates`; the last may be shorter.
  package let chunkTemplates: Int
  let files: [DataFile]

  /// With `chunkTemplates` left out, chunks have 64 MiB in the largest file, or more of it.
  package init(
    encoding: GalleryEncoding, size: Int, dimension: Int, chunkTemplates: Int? = nil
  ) throws(GalleryError) {
    guard (0...encoding.largestSize).contains(size) else {
      throw GalleryError(
        .badSize,
        "a stored \(encoding.rawValue) gallery has from 0 to \(encoding.largestSize) templates, "
          + "not \(size)")
    }
    guard (1...Self.largestDimension).contains(dimension) else {
      throw GalleryError(
        .badSize, "templates have from 1 to \(Self.largestDimension) coordinates, not \(dimension)")
    }
    self.encoding = encoding
    self.size = size
    self.dimension = dimension
    files = encoding.files(size: size, dimension: dimension)
    if let chunkTemplates {
      guard chunkTemplates >= 1 else {
        throw GalleryError(.badSize, "a chunk has at least 1 template, not \(chunkTemplates)")
      }
      self.chunkTemplates = chunkTemplates
    } else {
      let widest = files.map(\.rowBytes).max() ?? 1
      var templates = max(Self.chunkBytes / widest, 1)
      while size / templates >= Self.mostChunks { templates *= 2 }
      self.chunkTemplates = templates
    }
  }

  package var chunkCount: Int {
    size / chunkTemplates + (size % chunkTemplates == 0 ? 0 : 1)
  }

  /// Templates of chunk `chunk`.
  package func templates(ofChunk chunk: Int) -> Range<Int> {
    let first = chunk * chunkTemplates
    return first..<first + min(chunkTemplates, size - first)
  }

  /// Bytes of all data files.
  package var dataBytes: Int { files.reduce(0) { $0 + $1.bytes(of: 0..<size).upperBound } }

  /// Bytes of memory a search holds: all rows.
  package var memoryBytes: Int { files.reduce(0) { $0 + $1.rowBytes * size } }

  /// Refuses what cannot be searched in memory, with the bytes and a remedy.
  package func requireMemory(
    available: Int? = SystemMemory.availableBytes
  ) throws(GalleryError) {
    guard let available, memoryBytes > available else { return }
    let smaller =
      encoding == .sketch ? "use a smaller gallery" : "use a smaller gallery or --encoding sketch"
    throw GalleryError(
      .doesNotFit,
      "searching \(size) \(encoding.rawValue) templates needs \(memoryBytes) bytes of memory, and "
        + "\(available) are available; \(smaller), or free memory")
  }
}
