// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The bytes of the vector files of the nearest-neighbour benchmarks: `.fbin` (float32) and `.ibin`
/// (int32). Two little-endian 32-bit counts, rows and columns, then the rows, little-endian.
package enum VectorBytes {
  package static func fbin(_ values: [Float], columns: Int) -> [UInt8] {
    bytes(values.map(\.bitPattern), columns)
  }

  package static func ibin(_ values: [Int32], columns: Int) -> [UInt8] {
    bytes(values.map { UInt32(bitPattern: $0) }, columns)
  }

  /// Rows and columns told by the header are those there are; else `nil`.
  package static func readFBIN(_ bytes: [UInt8]) -> (values: [Float], columns: Int)? {
    words(bytes).map { ($0.values.map { Float(bitPattern: $0) }, $0.columns) }
  }

  /// Rows and columns told by the header are those there are; else `nil`.
  package static func readIBIN(_ bytes: [UInt8]) -> (values: [Int32], columns: Int)? {
    words(bytes).map { ($0.values.map { Int32(bitPattern: $0) }, $0.columns) }
  }

  private static func bytes(_ values: [UInt32], _ columns: Int) -> [UInt8] {
    precondition(
      columns > 0 && values.count % columns == 0 && values.count / columns <= Int(UInt32.max),
      "values fill whole rows")
    let words = [UInt32(values.count / columns), UInt32(columns)] + values
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private static func words(_ bytes: [UInt8]) -> (values: [UInt32], columns: Int)? {
    guard bytes.count >= 8, bytes.count % 4 == 0 else { return nil }
    let words = stride(from: 0, to: bytes.count, by: 4).map { i in
      (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[i + $1]) << (8 * $1) }
    }
    let (rows, columns) = (Int(words[0]), Int(words[1]))
    guard rows.multipliedReportingOverflow(by: columns).partialValue == words.count - 2 else {
      return nil
    }
    return (Array(words.dropFirst(2)), columns)
  }
}
