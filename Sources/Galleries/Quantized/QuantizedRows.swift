// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A read-only view of int8 templates that keeps the memory they are in: coordinate *j* of template *i*
/// is about byte *j* of row *i* times scale *i*.
@safe package struct QuantizedRows: Sendable {
  /// Number of templates.
  package let count: Int
  /// Coordinates of a template.
  package let dimension: Int
  // Read-only for as long as the owner lives, which is as long as this view does.
  private nonisolated(unsafe) let base: UnsafePointer<Int8>
  private nonisolated(unsafe) let scales: UnsafePointer<Float>
  private let owner: any Sendable

  /// `base` must stay readable for `count * dimension` bytes and `scales` for `count` floats, both
  /// unchanged, while `owner` lives.
  init(
    _ base: UnsafePointer<Int8>, scales: UnsafePointer<Float>, count: Int, dimension: Int,
    owner: any Sendable
  ) {
    unsafe self.base = base
    unsafe self.scales = scales
    self.count = count
    self.dimension = dimension
    self.owner = owner
  }

  /// Rows `range`, contiguous, `range.count * dimension` bytes, and a scale a row; valid only inside
  /// `body`. Rows of a file start 8 bytes into a page.
  package func withQuantized<R, E: Error>(
    _ range: Range<Int>,
    _ body: (UnsafeBufferPointer<Int8>, _ scales: UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "templates out of range")
    return try unsafe body(
      UnsafeBufferPointer(
        start: base + range.lowerBound * dimension, count: range.count * dimension),
      UnsafeBufferPointer(start: scales + range.lowerBound, count: range.count))
  }
}
