// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CAprilTag
internal import Synchronization

/// A marker found in pixels; coordinates are pixels of the image searched.
package struct LocatedMarker: Hashable, Sendable {
  package let id: Int
  /// The four corners of the black square, in order around it.
  package let xs: SIMD4<Double>
  package let ys: SIMD4<Double>
  /// Mean contrast of its bits against the threshold, in gray levels: the detector's confidence.
  package let decisionMargin: Double
  /// Bits the detector had to correct.
  package let correctedBits: Int

  /// Side of a square with the area of the quadrilateral, in pixels.
  package var side: Double {
    var twiceArea = 0.0
    for i in 0..<4 {
      let next = (i + 1) % 4
      twiceArea += xs[i] * ys[next] - xs[next] * ys[i]
    }
    return (abs(twiceArea) / 2).squareRoot()
  }

  package init(
    id: Int, xs: SIMD4<Double>, ys: SIMD4<Double>, decisionMargin: Double, correctedBits: Int
  ) {
    self.id = id
    self.xs = xs
    self.ys = ys
    self.decisionMargin = decisionMargin
    self.correctedBits = correctedBits
  }
}

/// Finds markers in gray pixels by the AprilTag 3 detector.
///
/// The detector keeps working memory between calls and is not for sharing: one locator a worker.
@safe package final class MarkerLocator {
  private let detector: UnsafeMutablePointer<apriltag_detector_t>
  private let family: UnsafeMutablePointer<apriltag_family_t>
  private let decimation: Double
  /// What the last search found: memory that is kept.
  private var markers: [LocatedMarker] = []

  // The detector's table of codes is filled at creation, and the library does not promise that two
  // threads may do so at once.
  private static let creation = Mutex(())

  /// - Parameter decimation: look for squares in an image smaller by this factor (bits are always
  ///   read at full size). 2 is twice as fast and loses the smallest markers.
  package init(decimation: Double = 1) {
    guard let detector = unsafe apriltag_detector_create(),
      let family = unsafe tagStandard41h12_create()
    else { fatalError("AprilTag cannot make a detector: out of memory") }
    self.decimation = decimation
    unsafe self.detector = detector
    unsafe self.family = family
    Self.creation.withLock { _ in
      // One bit: two find a few more markers under 24 pixels in heavy blur and none elsewhere, for a
      // table of 163 MiB instead of 4.
      unsafe apriltag_detector_add_family_bits(detector, family, 1)
      unsafe detector.pointee.nthreads = 1
      // The library's 5 gray levels chase sensor noise: 15 takes a third of the time and, measured
      // down to a fifteenth of the right exposure, finds the same markers.
      unsafe detector.pointee.qtp.min_white_black_diff = 15
    }
  }

  deinit {
    unsafe apriltag_detector_destroy(detector)
    unsafe tagStandard41h12_destroy(family)
  }

  /// Every marker in the image, in order of id.
  ///
  /// Where the last call's array has been let go of, this one's is in the same memory, and all that is
  /// allocated is the library's.
  ///
  /// - Parameters:
  ///   - gray: `height` rows of `width` bytes, `stride` apart; read only.
  package func locate(
    gray: UnsafeMutablePointer<UInt8>, width: Int, height: Int, stride: Int
  ) -> [LocatedMarker] {
    markers.removeAll(keepingCapacity: true)
    // Smaller than one marker at one pixel a module; the detector does not expect such images.
    guard width >= MarkerFamily.modules, height >= MarkerFamily.modules else { return [] }
    // The detector reads past images that are smaller than a few of its 4-pixel tiles once decimated;
    // and in a small crop there is little to save.
    let decimated = Double(min(width, height)) / decimation >= 16
    unsafe detector.pointee.quad_decimate = decimated ? Float(decimation) : 1
    var image = unsafe image_u8_t(
      width: Int32(width), height: Int32(height), stride: Int32(stride), buf: gray)
    guard let found = unsafe apriltag_detector_detect(detector, &image) else { return [] }
    defer { unsafe apriltag_detections_destroy(found) }
    let count = unsafe zarray_size(found)
    for index in 0..<count {
      var each: UnsafeMutablePointer<apriltag_detection_t>?
      unsafe zarray_get(found, index, &each)
      guard let each = unsafe each else { continue }
      let p = unsafe each.pointee.p
      unsafe markers.append(
        LocatedMarker(
          id: Int(each.pointee.id),
          xs: SIMD4(p.0.0, p.1.0, p.2.0, p.3.0), ys: SIMD4(p.0.1, p.1.1, p.2.1, p.3.1),
          decisionMargin: Double(each.pointee.decision_margin),
          correctedBits: Int(each.pointee.hamming)))
    }
    markers.sort { ($0.id, $0.xs[0]) < ($1.id, $1.xs[0]) }
    return markers
  }
}
