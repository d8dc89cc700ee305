// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The 16 bytes that stand for a template: the signs of 124 of its direction's 144 coordinates, and in
/// which of 16 cells its typicality lies.
///
/// Read as a little-endian number of 128 bits: bit *j* below 124 is set when coordinate *j* of the
/// direction is negative; the top four bits are the cell. So nibble *m* below 31 holds coordinates
/// 4 *m* to 4 *m* + 3, and nibble 31 the cell. In memory and in files code *i* is bytes 16 *i* to
/// 16 *i* + 15, in order; there are no blocks.
package struct SketchCode: Hashable, Sendable, BitwiseCopyable {
  /// Bytes of a code.
  package static let byteCount = 16
  /// Coordinates of the direction whose signs are kept.
  package static let signCount = 124
  /// Nibbles of a code.
  package static let nibbleCount = 32

  /// The first eight bytes: the signs of coordinates 0 to 63.
  package var low: UInt64
  /// The last eight: the signs of coordinates 64 to 123, and the cell.
  package var high: UInt64

  package init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// Reads a code from 16 bytes.
  package init(bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Self.byteCount, "a code has 16 bytes")
    low = UInt64(littleEndian: unsafe bytes.loadUnaligned(as: UInt64.self))
    high = UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// The cell of the typicality, 0 to 15.
  package var cell: Int { Int(high >> 60) }

  /// Whether coordinate `j` of the direction, 0 to 123, is negative.
  package func isNegative(_ j: Int) -> Bool { (j < 64 ? low >> j : high >> (j - 64)) & 1 == 1 }

  /// Nibble `m`, 0 to 31.
  package func nibble(_ m: Int) -> Int { Int((m < 16 ? low : high) >> (4 * (m % 16)) & 15) }
}
