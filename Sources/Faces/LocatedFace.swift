// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A face stood in for by a marker, as measured in the pixels of one frame.
package struct LocatedFace: Hashable, Sendable {
  /// What the marker says; it means something only through the frame set's appearances.
  package let marker: Int
  /// Bounding box of the marker's black square, full-resolution pixels, origin top left.
  package let box: Box
  /// Side of the black square in full-resolution pixels.
  package let side: Double
  /// The same side in the pixels that were decoded: what the embedding has to work with.
  package let decodedSide: Double
  /// Mean contrast of the marker's bits, in gray levels.
  package let margin: Double

  package init(marker: Int, box: Box, side: Double, decodedSide: Double, margin: Double) {
    self.marker = marker
    self.box = box
    self.side = side
    self.decodedSide = decodedSide
    self.margin = margin
  }

  /// An upright rectangle in full-resolution pixels, origin top left.
  package struct Box: Hashable, Sendable {
    package let x: Double
    package let y: Double
    package let width: Double
    package let height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// Quality in 0 ..< 1: grows with decoded size and with margin, one half each at 24 pixels and 20
  /// gray levels.
  ///
  /// A monotone summary for ranking captures of one track; it predicts no error rate.
  package var quality: Double {
    let size = decodedSide / (decodedSide + 24)
    let contrast = max(0, margin) / (max(0, margin) + 20)
    return 2 * size * contrast / max(size + contrast, .leastNormalMagnitude)
  }

  /// Name of the quality measure, for events.
  package static let qualityMethod = "harmonic mean of size/(size+24) and margin/(margin+20)"
}
