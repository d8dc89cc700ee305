// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Markers

/// The white board with a marker, as it lies in the picture.
///
/// Board coordinates are modules from its middle, u right and v down: the marker reaches from -4.5 to
/// 4.5, its black square from -2.5 to 2.5, the white zone to 5.5.
struct MarkerBoard: Hashable, Sendable {
  /// Side of the black square, metres.
  static let side = 0.18
  /// Height of the board's middle above the floor, metres.
  static let carriedAt = 1.2
  /// Half of the board, modules: marker, one module of white, and a thin rim.
  static let half = 5.75
  /// Half of the part that must be visible for a marker to count as shown, modules.
  static let zone = 5.5

  private let centreX: Double
  private let centreY: Double
  /// Pixels per module along u and v.
  private let ux: Double
  private let uy: Double
  private let vx: Double
  private let vy: Double

  /// `scale` is in pixels per metre. `roll` is the tangent of half the angle, of which sine and cosine
  /// are rational functions.
  init(centreX: Double, centreY: Double, scale: Double, roll: Double, foreshortening: Double) {
    self.centreX = centreX
    self.centreY = centreY
    let module = Self.side / Double(MarkerFamily.squareModules) * scale
    let cosine = (1 - roll * roll) / (1 + roll * roll)
    let sine = 2 * roll / (1 + roll * roll)
    ux = module * cosine * foreshortening
    uy = module * sine * foreshortening
    vx = -module * sine
    vy = module * cosine
  }

  /// Side of a square with the area of the black square as seen, pixels.
  var side: Double { 5 * (ux * vy - uy * vx).squareRoot() }

  /// Bounding box of the black square: x, y, width, height.
  var box: [Double] {
    let (w, h) = extent(2.5)
    return [centreX - w, centreY - h, 2 * w, 2 * h]
  }

  /// Half width and height of the bounding box of everything within `reach` modules.
  func extent(_ reach: Double) -> (Double, Double) {
    (reach * (abs(ux) + abs(vx)), reach * (abs(uy) + abs(vy)))
  }

  /// Whether any of the board is inside the picture.
  func isInView(of view: CameraView) -> Bool {
    let (w, h) = extent(Self.half)
    return centreX + w > 0 && centreX - w < Double(view.width) && centreY + h > 0
      && centreY - h < Double(view.height)
  }

  /// Whether the marker and its white zone are all inside the picture.
  func isWhole(in view: CameraView) -> Bool {
    let (w, h) = extent(Self.zone)
    return centreX - w >= 0 && centreX + w <= Double(view.width) && centreY - h >= 0
      && centreY + h <= Double(view.height)
  }

  /// Whether the point is on the board or within `margin` pixels of it.
  func covers(_ x: Double, _ y: Double, margin: Double) -> Bool {
    let (u, v) = coordinates(x, y)
    let reach = Self.half + margin * 5 / side
    return abs(u) < reach && abs(v) < reach
  }

  /// Points all over the marker and its white zone, a half module apart.
  func zonePoints() -> [(Double, Double)] {
    var out = [(Double, Double)]()
    for i in -11...11 {
      for j in -11...11 {
        let (u, v) = (Double(i) / 2, Double(j) / 2)
        out.append((centreX + u * ux + v * vx, centreY + u * uy + v * vy))
      }
    }
    return out
  }

  /// Board coordinates of a point of the picture.
  func coordinates(_ x: Double, _ y: Double) -> (u: Double, v: Double) {
    let area = ux * vy - uy * vx
    let (dx, dy) = (x - centreX, y - centreY)
    return ((dx * vy - dy * vx) / area, (dy * ux - dx * uy) / area)
  }

  /// Rows and columns that the board may touch, clipped to the picture; `nil` when there are none.
  func pixels(width: Int, height: Int) -> (columns: Range<Int>, rows: Range<Int>)? {
    let (w, h) = extent(Self.half)
    let left = max(0, Int((centreX - w).rounded(.down)))
    let right = min(width, Int((centreX + w).rounded(.up)))
    let top = max(0, Int((centreY - h).rounded(.down)))
    let bottom = min(height, Int((centreY + h).rounded(.up)))
    return left < right && top < bottom ? (left..<right, top..<bottom) : nil
  }
}
