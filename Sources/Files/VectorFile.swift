// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// Float32 vectors in the `.fbin` layout of big-ann-benchmarks: `uint32 count`, `uint32 dimension`,
/// then `count x dimension` little-endian floats, row by row.
package struct VectorFile: Sendable {
  package static let headerBytes = 8

  package let count: Int
  package let dimension: Int
  private let file: MappedFile

  /// Maps `path` and checks that its size is exactly what its header says.
  package init(_ path: FilePath) throws(FileError) {
    file = try MappedFile(path)
    guard file.count >= Self.headerBytes else {
      throw FileError(.malformed, path, "too short for an .fbin header (\(file.count) bytes)")
    }
    let (rows, columns) = unsafe file.withBytes { bytes in
      (
        Int(UInt32(littleEndian: unsafe bytes.loadUnaligned(as: UInt32.self))),
        Int(UInt32(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
      )
    }
    // Divided, since the product of two 32-bit counts and four need not fit in 64 bits.
    let floats = (file.count - Self.headerBytes) / 4
    let fits =
      rows == 0 || columns == 0
      ? floats == 0 : floats % rows == 0 && floats / rows == columns
    guard fits, (file.count - Self.headerBytes) % 4 == 0 else {
      throw FileError(
        .malformed, path,
        "its header says \(rows) x \(columns) floats, but it holds \(file.count) bytes")
    }
    count = rows
    dimension = columns
  }

  /// Row `index` as `dimension` floats; valid only inside `body`.
  package func withRow<R>(_ index: Int, _ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows
    -> R
  {
    precondition(index >= 0 && index < count, "row out of range")
    return try unsafe file.withBytes { bytes in
      let start = Self.headerBytes + index * dimension * 4
      // The header is 8 bytes and the mapping is page-aligned, so rows are aligned for Float.
      let row = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<(start + dimension * 4)])
      return try unsafe body(row.assumingMemoryBound(to: Float.self))
    }
  }

  /// The bytes of a whole file with these rows, one after another in `rows`.
  package static func encode(rows: [Float], dimension: Int) -> [UInt8] {
    precondition(dimension > 0 && rows.count % dimension == 0, "rows must be whole")
    var out = [UInt8]()
    out.reserveCapacity(headerBytes + rows.count * 4)
    unsafe withUnsafeBytes(of: UInt32(rows.count / dimension).littleEndian) {
      unsafe out.append(contentsOf: $0)
    }
    unsafe withUnsafeBytes(of: UInt32(dimension).littleEndian) { unsafe out.append(contentsOf: $0) }
    unsafe rows.withUnsafeBytes { unsafe out.append(contentsOf: $0) }
    return out
  }
}
