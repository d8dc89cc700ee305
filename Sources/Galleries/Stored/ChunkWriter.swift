// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Population
internal import SystemPackage

/// Makes one chunk after another: rows into files, and their digests.
///
/// One for each worker; memory stays at one piece, whatever the chunk.
@safe final class ChunkWriter {
  private let layout: GalleryLayout
  private let files: [FileDescriptor]
  private let buffers: [UnsafeMutableRawBufferPointer]
  private let floats: UnsafeMutableBufferPointer<Float>

  init(_ layout: GalleryLayout, _ files: [FileDescriptor]) {
    self.layout = layout
    self.files = files
    unsafe buffers = layout.files.map {
      UnsafeMutableRawBufferPointer.allocate(
        byteCount: $0.rowBytes * TemplateEncoder.pieceTemplates, alignment: 64)
    }
    unsafe floats = UnsafeMutableBufferPointer.allocate(
      capacity: layout.dimension * TemplateEncoder.pieceTemplates)
  }

  deinit {
    unsafe buffers.forEach { unsafe $0.deallocate() }
    unsafe floats.deallocate()
  }

  /// Fills `range` of every file with what `make` puts into the buffers, piece by piece.
  ///
  /// - Returns: the SHA-256 of the rows, a file each.
  func write(
    _ range: Range<Int>,
    _ make: (Range<Int>, [UnsafeMutableRawBufferPointer], UnsafeMutableBufferPointer<Float>)
      throws -> Void
  ) throws -> [SHA256Digest] {
    let hashers = files.map { _ in ChunkHasher() }
    for first in stride(
      from: range.lowerBound, to: range.upperBound, by: TemplateEncoder.pieceTemplates)
    {
      let piece = first..<min(first + TemplateEncoder.pieceTemplates, range.upperBound)
      try unsafe withPiece(piece) { parts, floats in
        try unsafe make(piece, parts, floats)
        for (index, file) in layout.files.enumerated() {
          let bytes = unsafe UnsafeRawBufferPointer(parts[index])
          unsafe hashers[index].update(bytes)
          try unsafe files[index].writeAll(
            toAbsoluteOffset: Int64(file.bytes(of: piece).lowerBound), bytes)
        }
      }
    }
    return hashers.map { $0.finish() }
  }

  /// Lends a buffer a data file, just long enough for the rows of `piece`, and scratch floats.
  func withPiece<R>(
    _ piece: Range<Int>,
    _ body: ([UnsafeMutableRawBufferPointer], UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    let parts = unsafe zip(buffers, layout.files).map {
      unsafe UnsafeMutableRawBufferPointer(rebasing: $0[..<(piece.count * $1.rowBytes)])
    }
    return try unsafe body(parts, floats)
  }
}

/// A hasher that an array can hold.
final class ChunkHasher {
  private var hasher: SHA256Hasher? = SHA256Hasher()

  func update(_ bytes: UnsafeRawBufferPointer) { unsafe hasher?.update(bytes) }

  /// The digest; to be called once, after which the hasher is spent.
  func finish() -> SHA256Digest {
    guard let spent = hasher.take() else { preconditionFailure("a hasher finishes once") }
    return spent.finish()
  }
}

extension FileDescriptor {
  func writeAll(toAbsoluteOffset offset: Int64, _ bytes: UnsafeRawBufferPointer) throws(Errno) {
    var done = 0
    do {
      while done < bytes.count {
        done += try unsafe write(
          toAbsoluteOffset: offset + Int64(done), UnsafeRawBufferPointer(rebasing: bytes[done...]))
      }
    } catch {
      throw (error as? Errno) ?? .ioError
    }
  }

  /// Reads until `buffer` is full or the file ends; returns the bytes read.
  func readAll(
    fromAbsoluteOffset offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> Int {
    var done = 0
    do {
      while done < buffer.count {
        let got = try unsafe read(
          fromAbsoluteOffset: offset + Int64(done),
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
        if got == 0 { break }
        done += got
      }
    } catch {
      throw (error as? Errno) ?? .ioError
    }
    return done
  }

  /// The SHA-256 of `range` of the file, read in pieces of 1 MiB; `nil` if the file ends within it.
  func digest(
    of range: Range<Int>, progress: ((_ bytes: Int) -> Void)? = nil
  ) throws(Errno) -> SHA256Digest? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe buffer.deallocate() }
    var hasher = SHA256Hasher()
    for first in stride(from: range.lowerBound, to: range.upperBound, by: buffer.count) {
      let count = min(buffer.count, range.upperBound - first)
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      guard try unsafe readAll(fromAbsoluteOffset: Int64(first), into: part) == count else {
        return nil
      }
      unsafe hasher.update(UnsafeRawBufferPointer(part))
      progress?(count)
    }
    return hasher.finish()
  }
}
