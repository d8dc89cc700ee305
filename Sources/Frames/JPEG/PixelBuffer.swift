// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A rectangle of packed pixels that lives in a `PixelBuffer`; valid until that buffer is decoded into
/// again.
@safe package struct PixelView {
  package let base: UnsafeMutablePointer<UInt8>
  package let width: Int
  package let height: Int
  /// Bytes from one row to the next.
  package let stride: Int
  package let format: PixelFormat

  package init(
    base: UnsafeMutablePointer<UInt8>, width: Int, height: Int, stride: Int, format: PixelFormat
  ) {
    unsafe self.base = base
    self.width = width
    self.height = height
    self.stride = stride
    self.format = format
  }

  /// The part of the view inside the given rectangle, clipped to it; shares the pixels, copies none.
  package func cropped(x: Int, y: Int, width: Int, height: Int) -> PixelView? {
    let left = max(0, x)
    let top = max(0, y)
    let right = min(self.width, x + width)
    let bottom = min(self.height, y + height)
    guard right > left, bottom > top else { return nil }
    return unsafe PixelView(
      base: base + top * stride + left * format.bytesPerPixel,
      width: right - left, height: bottom - top, stride: stride, format: format)
  }
}

/// Memory for decoded pixels that is kept from frame to frame and only ever grows.
///
/// One worker owns one buffer; it is not for sharing.
@safe package final class PixelBuffer {
  /// How often memory had to be taken: 1 in steady state, whatever the number of frames.
  package private(set) var allocations = 0
  private var capacity = 0
  private var base: UnsafeMutablePointer<UInt8>?

  package init() { unsafe base = nil }

  deinit { unsafe base?.deallocate() }

  /// Memory for `count` bytes; what it held before is gone when it has to grow.
  func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if let base = unsafe base, capacity >= count { return unsafe base }
    unsafe base?.deallocate()
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    unsafe base = fresh
    capacity = count
    allocations += 1
    return unsafe fresh
  }
}
