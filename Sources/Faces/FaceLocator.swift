// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames
internal import Markers

/// Where faces are looked for.
package enum LocateMode: String, CaseIterable, Codable, Hashable, Sendable {
  /// Everywhere in the frame: what a detector costs.
  case frame
  /// Only in the boxes the frame set gives, as a predictor would: takes locating out of the way.
  case boxes
}

/// Locates faces, that is markers, in decoded gray pixels and measures them.
///
/// Keeps the detector's working memory, so one locator a worker.
package final class FaceLocator {
  package let mode: LocateMode
  private let markers: MarkerLocator
  /// The faces of the last frame: memory that is kept.
  private var faces: [LocatedFace] = []

  /// - Parameter decimation: see `MarkerLocator`; 1 finds the smallest, 2 is three times as fast.
  package init(mode: LocateMode, decimation: Double = 1) {
    self.mode = mode
    markers = MarkerLocator(decimation: decimation)
  }

  /// The faces in `pixels`, by marker, at most one a marker.
  ///
  /// Where the last call's array has been let go of, this one's is in the same memory, and all that is
  /// allocated is the detector's.
  ///
  /// - Parameters:
  ///   - pixels: gray pixels as decoded.
  ///   - scale: the scale they were decoded at.
  ///   - boxes: x, y, width, height in full-resolution pixels; used in mode `boxes` only.
  package func locate(
    in pixels: PixelView, scale: DecodeScale, boxes: [[Int]]
  ) -> [LocatedFace] {
    precondition(pixels.format == .gray, "markers are located in gray pixels")
    faces.removeAll(keepingCapacity: true)
    switch mode {
    case .frame:
      collect(pixels, left: 0, top: 0, scale)
    case .boxes:
      for box in boxes where box.count == 4 {
        let left = max(0, box[0] / scale.divisor)
        let top = max(0, box[1] / scale.divisor)
        // A frame set's boxes are below 65,536, so the sums cannot overflow.
        let right = min(max(box[0], 0) + max(0, box[2]), pixels.width * scale.divisor)
        let bottom = min(max(box[1], 0) + max(0, box[3]), pixels.height * scale.divisor)
        guard
          let part = pixels.cropped(
            x: left, y: top, width: scale.scaled(right) - left, height: scale.scaled(bottom) - top)
        else { continue }
        collect(part, left: left, top: top, scale)
      }
    }
    faces.sort { $0.marker < $1.marker }
    return faces
  }

  private func collect(_ part: PixelView, left: Int, top: Int, _ scale: DecodeScale) {
    let factor = Double(scale.divisor)
    let found = unsafe markers.locate(
      gray: part.base, width: part.width, height: part.height, stride: part.stride)
    for marker in found {
      let xs = (marker.xs + Double(left)) * factor
      let ys = (marker.ys + Double(top)) * factor
      let box = LocatedFace.Box(
        x: xs.min(), y: ys.min(), width: xs.max() - xs.min(), height: ys.max() - ys.min())
      let face = LocatedFace(
        marker: marker.id, box: box, side: marker.side * factor, decodedSide: marker.side,
        margin: marker.decisionMargin)
      // The same marker twice is a ghost or an overlap of boxes: the clearer one stays. A frame has few.
      if let known = faces.firstIndex(where: { $0.marker == face.marker }) {
        if face.margin > faces[known].margin { faces[known] = face }
      } else {
        faces.append(face)
      }
    }
  }
}
