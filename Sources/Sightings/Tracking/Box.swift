// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A rectangle in pixels of the full-resolution frame, origin at its top left, y downwards.
package struct Box: Hashable, Sendable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var centerX: Double { x + width / 2 }
  package var centerY: Double { y + height / 2 }
  /// The side of the square of the same area, in pixels.
  package var side: Double { (width * height).squareRoot() }

  /// The box `factor` times as wide and high about the same centre.
  package func enlarged(by factor: Double) -> Box {
    Box(
      x: centerX - width * factor / 2, y: centerY - height * factor / 2, width: width * factor,
      height: height * factor)
  }

  package func moved(byX dx: Double, y dy: Double) -> Box {
    Box(x: x + dx, y: y + dy, width: width, height: height)
  }

  /// Intersection over union, 0 when the boxes are apart and 1 when they are the same.
  package func overlap(_ other: Box) -> Double {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    guard across > 0, down > 0 else { return 0 }
    let common = across * down
    return common / (width * height + other.width * other.height - common)
  }
}

// Coordinates in JSON have two decimals: markers are located to a few hundredths of a pixel at best.
extension Box: Codable {
  private enum CodingKeys: String, CodingKey {
    case x, y
    case width = "w"
    case height = "h"
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(x.rounded(places: 2), forKey: .x)
    try container.encode(y.rounded(places: 2), forKey: .y)
    try container.encode(width.rounded(places: 2), forKey: .width)
    try container.encode(height.rounded(places: 2), forKey: .height)
  }
}
