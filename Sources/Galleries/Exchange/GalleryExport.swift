// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import SystemPackage

/// Writing templates of a gallery as a plain file for other programs.
extension StoredGallery {
  /// Writes templates `range` as float32 to `path`, `.fbin` or `.npy` by its name; int8 templates are
  /// multiplied out. The file is whole or absent.
  ///
  /// - Throws: `FileError`; `GalleryError`: `wrongEncoding` for sketches, `badSize`, `badArgument`.
  package func export(
    _ range: Range<Int>, to path: FilePath,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    let format = try VectorFormat(of: path)
    guard encoding != .sketch else {
      throw GalleryError(
        .wrongEncoding,
        "\(self.path) holds codes, and codes do not give templates back; "
          + "export a float32 or int8 gallery")
    }
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw GalleryError(
        .badSize, "\(self.path) has templates 0 to \(count - 1); choose a range within")
    }
    let header: [UInt8]
    switch format {
    case .fbin: header = VectorHeader(count: range.count, dimension: dimension).bytes
    case .npy: header = NPYHeader.encode(count: range.count, dimension: dimension)
    case .hdf5: throw GalleryError(.badArgument, "\(path): export writes .fbin and .npy")
    }
    let (beside, file) = try WholeFile.create(beside: path)
    defer { try? file.close() }
    do {
      try file.writeAll(header)
      for first in stride(
        from: range.lowerBound, to: range.upperBound, by: TemplateEncoder.pieceTemplates)
      {
        let piece = first..<min(first + TemplateEncoder.pieceTemplates, range.upperBound)
        try unsafe withFloats(piece) { _ = try unsafe file.writeAll(UnsafeRawBufferPointer($0)) }
        try progress(piece.upperBound - range.lowerBound, range.count)
      }
      try file.synchronize()
    } catch {
      WholeFile.unlink(beside)
      guard let error = error as? Errno else { throw error }
      throw FileError(.unwritable, path, "cannot write: \(error.writingAdvice)")
    }
    try WholeFile.publish(beside, as: path)
  }

  /// Templates as floats, whatever the encoding.
  private func withFloats(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    guard encoding == .int8 else { return try unsafe withTemplates(range, body) }
    try unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count * dimension) {
      rows in
      unsafe withQuantized(range) { bytes, scales in
        for row in 0..<range.count {
          let cells = row * dimension..<(row + 1) * dimension
          unsafe Int8Quantizer.restore(
            UnsafeBufferPointer(rebasing: bytes[cells]), scale: scales[row],
            into: UnsafeMutableBufferPointer(rebasing: rows[cells]))
        }
      }
      try unsafe body(UnsafeBufferPointer(rows))
    }
  }
}
