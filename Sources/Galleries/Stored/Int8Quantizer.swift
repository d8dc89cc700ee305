// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Symmetric linear quantization to signed bytes, one scale a template.
///
/// `scale = max |x| / 127`, `q = x / scale` rounded to nearest, ties to even; both are float32
/// divisions, so the bytes are the same on every machine. `q * scale` is within `scale / 2` of `x`.
enum Int8Quantizer {
  // Adding and subtracting 1.5 x 2^23 rounds a small float to the nearest integer, ties to even, and
  // leaves that integer in the low bits of the sum.
  private static let rounder: Float = 12_582_912

  /// Writes the bytes of `row` and returns its scale: 0, with bytes of 0, for a row of zeros; NaN, with
  /// bytes of 0, for one with a NaN or an infinity.
  static func quantize(
    _ row: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableBufferPointer<Int8>
  ) -> Float {
    precondition(bytes.count == row.count, "a byte a coordinate")
    guard let from = row.baseAddress, let to = bytes.baseAddress else { return 0 }
    // Magnitudes of floats compare as integers do, and integer maxima vectorise.
    var largest: Int32 = 0
    for i in 0..<row.count {
      unsafe largest = max(largest, Int32(bitPattern: from[i].bitPattern & 0x7fff_ffff))
    }
    let scale = Float(bitPattern: UInt32(bitPattern: largest)) / 127
    guard scale > 0, scale.isFinite else {
      unsafe to.initialize(repeating: 0, count: row.count)
      return scale == 0 ? 0 : .nan
    }
    for i in 0..<row.count {
      unsafe to[i] = Int8(truncatingIfNeeded: (from[i] / scale + rounder).bitPattern)
    }
    return scale
  }

  /// Writes `bytes * scale`.
  static func restore(
    _ bytes: UnsafeBufferPointer<Int8>, scale: Float, into row: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(bytes.count == row.count, "a byte a coordinate")
    for i in 0..<bytes.count { unsafe row[i] = Float(bytes[i]) * scale }
  }
}
