// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A filled shape in the picture, by its signed distance: negative inside, pixels.
struct FigureShape: Sendable {
  private enum Form {
    /// A line thickened by a radius that goes from one value to another.
    case limb(ax: Float, ay: Float, bx: Float, by: Float, ra: Float, rb: Float)
    case block(x: Float, y: Float, halfWidth: Float, halfHeight: Float, radius: Float)
  }

  private let form: Form
  let tone: Tone
  /// Bounding box: left, top, right, bottom.
  let bounds: (left: Float, top: Float, right: Float, bottom: Float)

  static func limb(
    _ a: (x: Double, y: Double), _ b: (x: Double, y: Double), radii: (Double, Double), _ tone: Tone
  ) -> FigureShape {
    let r = Float(max(radii.0, radii.1))
    let (ax, ay, bx, by) = (Float(a.x), Float(a.y), Float(b.x), Float(b.y))
    return FigureShape(
      form: .limb(ax: ax, ay: ay, bx: bx, by: by, ra: Float(radii.0), rb: Float(radii.1)),
      tone: tone, bounds: (min(ax, bx) - r, min(ay, by) - r, max(ax, bx) + r, max(ay, by) + r))
  }

  static func block(
    _ centre: (x: Double, y: Double), half: (Double, Double), radius: Double, _ tone: Tone
  ) -> FigureShape {
    let (x, y, w, h) = (Float(centre.x), Float(centre.y), Float(half.0), Float(half.1))
    return FigureShape(
      form: .block(x: x, y: y, halfWidth: w, halfHeight: h, radius: Float(radius)), tone: tone,
      bounds: (x - w, y - h, x + w, y + h))
  }

  /// Distance from the point to the outline.
  @inline(__always)
  func distance(_ x: Float, _ y: Float) -> Float {
    switch form {
    case .limb(let ax, let ay, let bx, let by, let ra, let rb):
      let (px, py, dx, dy) = (x - ax, y - ay, bx - ax, by - ay)
      let along = max(0, min(1, (px * dx + py * dy) / max(1e-6, dx * dx + dy * dy)))
      let (ex, ey) = (px - dx * along, py - dy * along)
      return (ex * ex + ey * ey).squareRoot() - (ra + (rb - ra) * along)
    case .block(let cx, let cy, let halfWidth, let halfHeight, let radius):
      let qx = abs(x - cx) - halfWidth + radius
      let qy = abs(y - cy) - halfHeight + radius
      let (ox, oy) = (max(qx, 0), max(qy, 0))
      return (ox * ox + oy * oy).squareRoot() + min(max(qx, qy), 0) - radius
    }
  }
}
