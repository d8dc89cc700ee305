// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CAprilTag
internal import Glibc

/// The family of fiducial markers that stand in for faces: AprilTag `tagStandard41h12`.
///
/// A marker is 9 x 9 modules; its black square, which is what the locator measures, is the middle
/// 5 x 5. Marker sizes throughout are the side of that square.
package enum MarkerFamily {
  package static let name = "tagStandard41h12"
  /// Modules along a side, data bits outside the black square included.
  package static let modules = 9
  /// Modules along the side of the black square.
  package static let squareModules = 5
  /// Number of different markers: ids are 0 ..< count.
  package static let count = 2_115

  /// The modules of every marker, row by row: true is white. Index by `id * 81 + y * 9 + x`.
  package static let bitmaps: [Bool] = {
    guard let family = unsafe tagStandard41h12_create() else { return [] }
    defer { unsafe tagStandard41h12_destroy(family) }
    precondition(
      unsafe Int(family.pointee.ncodes) == count && Int(family.pointee.total_width) == modules,
      "this AprilTag library has another \(name)")
    var out = [Bool]()
    out.reserveCapacity(count * modules * modules)
    for id in 0..<count {
      guard let image = unsafe apriltag_to_image(family, CInt(id)) else { return [] }
      // Debian's library hides image_u8_destroy; it frees these two.
      defer {
        unsafe free(image.pointee.buf)
        unsafe free(image)
      }
      for y in 0..<modules {
        for x in 0..<modules {
          unsafe out.append(image.pointee.buf[y * Int(image.pointee.stride) + x] > 127)
        }
      }
    }
    return out
  }()
}
