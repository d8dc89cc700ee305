// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Who was really there: `truth.json`, which a run never opens and only scoring reads.
package struct FrameSetTruth: Codable, Hashable, Sendable {
  package static let currentVersion = 1

  package var formatVersion: Int
  package var appearances: [Appearance]

  private enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case appearances
  }

  /// One pass of one person before one camera.
  package struct Appearance: Codable, Hashable, Sendable {
    package var camera: String
    package var marker: Int
    /// Identity of the population; enrolled in a gallery of N when below N.
    package var identity: UInt64
    /// The frames in which the person is in view, by sequence number.
    package var frames: [Visible]

    package init(camera: String, marker: Int, identity: UInt64, frames: [Visible]) {
      self.camera = camera
      self.marker = marker
      self.identity = identity
      self.frames = frames
    }

    /// The largest unobstructed marker side over the delivered frames, in full-resolution pixels.
    package var largestMarker: Double {
      frames.filter { $0.shown && $0.delivered }.map(\.markerPixels).max() ?? 0
    }
  }

  /// A person in a frame.
  package struct Visible: Codable, Hashable, Sendable {
    package var seq: Int
    package var capturedAt: Int64
    /// Side of the marker's black square (5 of its 9 modules) in full-resolution pixels.
    package var markerPixels: Double
    /// False when the marker is cut by the edge or hidden behind somebody nearer.
    package var shown: Bool
    /// False when the frame was dropped, truncated or replaced by garbage.
    package var delivered: Bool
    /// Bounding box of the marker's black square: x, y, width, height.
    package var box: [Double]

    private enum CodingKeys: String, CodingKey {
      case seq, shown, delivered, box
      case capturedAt = "captured_at_us"
      case markerPixels = "marker_pixels"
    }

    package init(
      seq: Int, capturedAt: Int64, markerPixels: Double, shown: Bool, delivered: Bool,
      box: [Double]
    ) {
      self.seq = seq
      self.capturedAt = capturedAt
      self.markerPixels = markerPixels
      self.shown = shown
      self.delivered = delivered
      self.box = box
    }
  }

  package init(appearances: [Appearance]) {
    formatVersion = Self.currentVersion
    self.appearances = appearances
  }
}
