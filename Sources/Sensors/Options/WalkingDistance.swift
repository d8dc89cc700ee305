// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How far from the camera people walk, told by what the camera sees: the side of the marker's black
/// square in pixels of a picture 720 pixels high.
///
/// `near`, `mixed` and `far`, or a side of one's own: `24px`, or `20-28px` from farthest to nearest.
package struct WalkingDistance: RawRepresentable, Codable, Hashable, Sendable {
  package static let near = WalkingDistance("near", 34...60)
  package static let mixed = WalkingDistance("mixed", 14...60)
  package static let far = WalkingDistance("far", 14...30)

  /// Sides that a room has place for: a smaller marker stands behind the back wall, a larger one below
  /// the picture's edge.
  package static let sides = 12.0...68.0

  package let rawValue: String
  /// Farthest to nearest.
  package let markerPixels: ClosedRange<Double>

  private init(_ rawValue: String, _ markerPixels: ClosedRange<Double>) {
    self.rawValue = rawValue
    self.markerPixels = markerPixels
  }

  /// Everybody at the distance where the marker has this side; those who walk across keep within a tenth of it.
  package init?(pixels: Double) {
    guard Self.sides.contains(pixels) else { return nil }
    let text = pixels == pixels.rounded() ? "\(Int(pixels))" : "\(pixels)"
    self.init(text + "px", pixels...pixels)
  }

  package init?(rawValue: String) {
    if let known = [Self.near, .mixed, .far].first(where: { $0.rawValue == rawValue }) {
      self = known
      return
    }
    guard rawValue.hasSuffix("px") else { return nil }
    let ends = rawValue.dropLast(2).split(separator: "-", omittingEmptySubsequences: false)
      .map { Double($0) }
    guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2,
      Self.sides.contains(low), Self.sides.contains(high), low <= high
    else { return nil }
    self.init(rawValue, low...high)
  }
}
