// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something that exact search can score: float32 templates, contiguous in memory, row by row.
///
/// A matcher asks for `templates` once and reads them through the concrete view from then on, so that
/// no dynamic call is left in its loops.
package protocol TemplateSource: Sendable {
  var description: GalleryDescription { get }
  /// All templates; the view keeps their memory.
  var templates: TemplateRows { get }
}

/// A read-only view of float32 templates that keeps the memory they are in.
@safe package struct TemplateRows: Sendable {
  /// Number of templates.
  package let count: Int
  /// Coordinates of a template.
  package let dimension: Int
  // Read-only for as long as the owner lives, which is as long as this view does.
  private nonisolated(unsafe) let base: UnsafePointer<Float>
  private let owner: any AnyObject & Sendable

  /// `base` must stay readable for `count * dimension` floats, and unchanged, while `owner` lives.
  init(
    _ base: UnsafePointer<Float>, count: Int, dimension: Int, owner: any AnyObject & Sendable
  ) {
    unsafe self.base = base
    self.count = count
    self.dimension = dimension
    self.owner = owner
  }

  /// Rows `range`, contiguous, `range.count * dimension` floats; valid only inside `body`.
  ///
  /// Rows of a file start 8 bytes into a page: they are aligned for `Float`, not for wider loads.
  package func withTemplates<R, E: Error>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "templates out of range")
    return try unsafe body(
      UnsafeBufferPointer(
        start: base + range.lowerBound * dimension, count: range.count * dimension))
  }
}
