// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import SystemPackage

/// Making a float32 gallery of somebody's vectors, for benchmarks: it is marked `simulated: false`, and
/// a run refuses it.
package struct GalleryImport: Sendable {
  package let source: FilePath
  package let path: FilePath
  /// The dataset of an HDF5 file.
  package var dataset = "train"
  /// Divide every row by its norm, rather than refuse rows that are no unit vectors.
  package var normalizes = false

  package init(from source: FilePath, to path: FilePath) {
    self.source = source
    self.path = path
  }

  /// How far a row's norm may be from 1 without `normalizes`.
  private static let normTolerance = 1e-3

  /// Reads the file from front to back on the calling thread; memory stays at a few MiB.
  ///
  /// An import that fails or is cut off leaves nothing that opens; it starts over.
  /// - Throws: `FileError`; `GalleryError`: `badRows`, `badSize`, `badArgument`, `noSpace`, `busy`.
  package func run(
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> GalleryManifest {
    switch try VectorFormat(of: source) {
    case .fbin: try make(try PlainRowReader(source, format: .fbin), progress)
    case .npy: try make(try PlainRowReader(source, format: .npy), progress)
    case .hdf5: try make(try HDF5RowReader(source, dataset: dataset), progress)
    }
  }

  private func make(
    _ reader: some RowReader,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> GalleryManifest {
    let layout: GalleryLayout
    do {
      layout = try GalleryLayout(
        encoding: .float32, size: reader.count, dimension: reader.dimension)
    } catch {
      throw FileError(.malformed, source, error.message)
    }
    try refuseExisting()
    let work = try WorkFolder(for: path)
    try refuseExisting()
    guard try work.readJournal().isEmpty else {
      throw GalleryError(
        .otherPlan, "\(work.path) is an unfinished gallery; finish or remove it first")
    }
    do {
      try work.requireSpace(for: layout)
      let manifest = try fill(work, layout, reader, progress)
      work.remove(CreationJournal.fileName)
      try work.publish()
      return manifest
    } catch {
      work.discard(layout)
      throw error
    }
  }

  private func refuseExisting() throws(FileError) {
    guard !DiskSpace.exists(path) else {
      throw FileError(.exists, path, "already exists; remove it or choose another name")
    }
  }

  private func fill(
    _ work: WorkFolder, _ layout: GalleryLayout, _ reader: some RowReader,
    _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> GalleryManifest {
    let files = try work.openFiles(layout)
    let writer = ChunkWriter(layout, files.descriptors)
    var chunks: [SHA256Digest] = []
    let whole = ChunkHasher()
    for chunk in 0..<layout.chunkCount {
      chunks += try work.attempt {
        try unsafe writer.write(layout.templates(ofChunk: chunk)) { piece, parts, _ in
          let rows = unsafe parts[0].assumingMemoryBound(to: Float.self)
          try unsafe reader.read(piece, into: rows)
          try unsafe check(rows, from: piece.lowerBound, layout.dimension)
          unsafe whole.update(UnsafeRawBufferPointer(parts[0]))
          try progress(piece.upperBound, layout.size)
        }
      }
    }
    try work.attempt { try files.synchronize() }
    let manifest = GalleryManifest(
      layout: layout, population: nil, rows: whole.finish(), chunks: [chunks])
    try WholeFile.write(try manifest.json(), to: work.path.appending(GalleryManifest.fileName))
    return manifest
  }

  /// Refuses rows that are no unit vectors, or makes them so.
  private func check(
    _ rows: UnsafeMutableBufferPointer<Float>, from first: Int, _ dimension: Int
  ) throws(GalleryError) {
    for row in 0..<rows.count / dimension {
      let cells = unsafe UnsafeMutableBufferPointer(
        rebasing: rows[row * dimension..<(row + 1) * dimension])
      var square = 0.0
      for i in 0..<dimension { square += Double(unsafe cells[i]) * Double(unsafe cells[i]) }
      let norm = square.squareRoot()
      guard norm.isFinite, norm > 0 else {
        throw GalleryError(
          .badRows,
          "\(source): row \(first + row) "
            + (norm == 0 ? "is all zeros" : "has a NaN or an infinity")
            + ", so it is no direction; remove it")
      }
      if normalizes {
        for i in 0..<dimension { unsafe cells[i] = Float(Double(cells[i]) / norm) }
      } else if (norm - 1).magnitude > Self.normTolerance {
        throw GalleryError(
          .badRows,
          "\(source): row \(first + row) has norm \(norm), and templates are unit vectors; "
            + "use --normalize to divide every row by its norm")
      }
    }
  }
}
