// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A pinhole camera on a wall, looking level: where a point of the room lands in the picture.
///
/// Room coordinates are metres: x right of the camera, y up from the floor, z away from the camera.
/// Everything scales with the picture's height, so a set looks the same at any size.
struct CameraView: Hashable, Sendable {
  let width: Int
  let height: Int
  /// Focal length, pixels.
  let focal: Double
  /// Column of the vanishing point.
  let centre: Double
  /// Row of the horizon. Above the middle, as if the picture were cropped from a taller one: that
  /// stands for the tilt of a real camera and keeps uprights upright.
  let horizon: Double
  /// Height of the camera above the floor, metres.
  let eye: Double

  /// Focal length over the picture's height: about 65 degrees across at 16:9.
  static let focalPerHeight = 1000.0 / 720

  init(size: FrameSize, centreShift: Double, horizonShare: Double, eye: Double) {
    width = size.width
    height = size.height
    focal = Self.focalPerHeight * Double(size.height)
    centre = Double(size.width) * (0.5 + centreShift)
    horizon = Double(size.height) * horizonShare
    self.eye = eye
  }

  /// Pixels per metre at distance `z`.
  func scale(_ z: Double) -> Double { focal / z }

  func column(_ x: Double, _ z: Double) -> Double { centre + focal * x / z }

  func row(_ y: Double, _ z: Double) -> Double { horizon + focal * (eye - y) / z }
}
