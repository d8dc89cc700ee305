// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import SystemPackage

/// Float32 rows in somebody's file, read in ranges from the first to the last.
protocol RowReader: AnyObject {
  var count: Int { get }
  var dimension: Int { get }
  /// Fills `rows` with `range.count * dimension` floats.
  func read(_ range: Range<Int>, into rows: UnsafeMutableBufferPointer<Float>) throws
}

/// Rows that follow one another in a plain file: `.fbin` and `.npy`.
final class PlainRowReader: RowReader {
  let count: Int
  let dimension: Int
  private let path: FilePath
  private let file: FileDescriptor
  private let start: Int

  deinit { try? file.close() }

  /// Opens `path` and checks its length against its header.
  init(_ path: FilePath, format: VectorFormat) throws {
    let file: FileDescriptor
    let length: Int
    var head = [UInt8](repeating: 0, count: NPYHeader.byteLimit + 12)
    do {
      file = try FileDescriptor.open(path, .readOnly)
      do {
        length = Int(try file.seek(offset: 0, from: .end))
        let got = try unsafe head.withUnsafeMutableBytes {
          try unsafe file.readAll(fromAbsoluteOffset: 0, into: $0)
        }
        head.removeLast(head.count - got)
      } catch {
        try? file.close()
        throw error
      }
    } catch {
      throw FileError(.unreadable, path, "cannot read: \((error as? Errno)?.advice ?? "\(error)")")
    }
    self.path = path
    self.file = file
    do {
      (count, dimension, start) = try Self.shape(head, format)
    } catch {
      // Not all is set by now, so that `deinit` does not run.
      try? file.close()
      throw FileError(.malformed, path, error.message)
    }
    let header = VectorHeader(count: count, dimension: dimension)
    guard let body = header.fileBytes(scalarBytes: 4),
      body - VectorHeader.byteCount == length - start
    else {
      throw FileError(
        .malformed, path,
        "has a header for \(count) x \(dimension) float32, but holds \(length) bytes; "
          + "it was cut short, or is of another type")
    }
  }

  private static func shape(
    _ head: [UInt8], _ format: VectorFormat
  ) throws(GalleryError) -> (count: Int, dimension: Int, start: Int) {
    if format == .npy {
      let header = try NPYHeader(head)
      return (header.count, header.dimension, header.byteCount)
    }
    guard let header = VectorHeader(head) else {
      throw GalleryError(.badRows, "is too short for an .fbin header")
    }
    return (header.count, header.dimension, VectorHeader.byteCount)
  }

  func read(_ range: Range<Int>, into rows: UnsafeMutableBufferPointer<Float>) throws {
    let bytes = UnsafeMutableRawBufferPointer(rows)
    do {
      let got = try unsafe file.readAll(
        fromAbsoluteOffset: Int64(start + range.lowerBound * dimension * 4), into: bytes)
      guard got == bytes.count else {
        throw FileError(.malformed, path, "ended before row \(range.upperBound - 1)")
      }
    } catch let error as Errno {
      throw FileError(.unreadable, path, "cannot read: \(error.advice)")
    }
  }
}
