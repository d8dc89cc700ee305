// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// How templates are held in a stored gallery. The raw value is the name in files and on command lines.
package enum GalleryEncoding: String, CaseIterable, Hashable, Sendable {
  /// Every coordinate as an IEEE float.
  case float32
  /// Every coordinate as a signed byte, times a float of the template's own.
  case int8
  /// 16 bytes a template, for a first pass whose best are scored again exactly.
  case sketch

  /// The data files of `size` templates of `dimension` coordinates, in the manifest's order.
  func files(size: Int, dimension: Int) -> [DataFile] {
    switch self {
    case .float32:
      [DataFile("templates.fbin", countedHeader: (size, dimension), rowBytes: dimension * 4)]
    case .int8:
      [
        DataFile("templates.i8bin", countedHeader: (size, dimension), rowBytes: dimension),
        DataFile("scales.fbin", countedHeader: (size, 1), rowBytes: 4),
      ]
    case .sketch:
      [DataFile("codes.bin", countedHeader: nil, rowBytes: SketchCode.byteCount)]
    }
  }

  /// The most templates the files can hold: counts in `.fbin` headers have 32 bits.
  var largestSize: Int {
    switch self {
    case .float32, .int8: Int(UInt32.max)
    case .sketch: Int(Population.firstStranger) - 1
    }
  }
}

/// A plain data file of a gallery: a header, then one row of fixed length a template.
struct DataFile: Hashable, Sendable {
  let name: String
  /// The bytes before the first row; they follow from the gallery's size and are checked on opening.
  let header: [UInt8]
  let rowBytes: Int

  /// `countedHeader` is that of the `.fbin` family: uint32 count, uint32 columns, little-endian.
  init(_ name: String, countedHeader: (rows: Int, columns: Int)?, rowBytes: Int) {
    self.name = name
    self.rowBytes = rowBytes
    header = countedHeader.map { VectorHeader(count: $0.rows, dimension: $0.columns).bytes } ?? []
  }

  /// Where the rows of `range` are.
  func bytes(of range: Range<Int>) -> Range<Int> {
    header.count + range.lowerBound * rowBytes..<header.count + range.upperBound * rowBytes
  }
}

/// The 8 bytes before the rows of `.fbin` and `.i8bin` files.
package struct VectorHeader: Hashable, Sendable {
  package static let byteCount = 8

  package let count: Int
  package let dimension: Int

  package init(count: Int, dimension: Int) {
    self.count = count
    self.dimension = dimension
  }

  /// Reads the first 8 of `bytes`; `nil` if there are fewer.
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count >= Self.byteCount else { return nil }
    let words = bytes.prefix(Self.byteCount).map { Int($0) }
    count = words[0] | words[1] << 8 | words[2] << 16 | words[3] << 24
    dimension = words[4] | words[5] << 8 | words[6] << 16 | words[7] << 24
  }

  /// Counts beyond 32 bits are cut; who makes a file has refused them before.
  package var bytes: [UInt8] {
    [count, dimension].flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
  }

  /// Bytes of a file with this header and rows of `scalarBytes` a coordinate; `nil` beyond 64 bits.
  package func fileBytes(scalarBytes: Int) -> Int? {
    let (cells, wide) = count.multipliedReportingOverflow(by: dimension)
    let (body, wider) = cells.multipliedReportingOverflow(by: scalarBytes)
    let (total, widest) = body.addingReportingOverflow(Self.byteCount)
    return wide || wider || widest ? nil : total
  }
}
