// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// One way through a room, and how the walker carries the board.
struct Walk: Hashable, Sendable {
  /// A place on the floor: metres right of the camera and away from it.
  struct Place: Hashable, Sendable {
    var x: Double
    var z: Double
  }

  /// Where somebody is at one moment, and how they hold themselves.
  struct Pose: Hashable, Sendable {
    let place: Place
    /// Rise of the body, metres.
    let bob: Double
    /// -1 ... 1: which foot is forward.
    let stride: Double
    /// Sideways walking, -1 ... 1 of a full step.
    let sideways: Double
    /// Tangent of half the board's roll.
    let roll: Double
    /// Width of the board over its height: less than 1 when it is turned.
    let foreshortening: Double
  }

  var start: Place
  var end: Place
  /// Frames from start to end, and frames a second.
  let frames: Int
  let framesPerSecond: Double
  let gait: Double
  let roll: Double
  let foreshortening: Double

  /// Steps (of either foot) a second.
  private static let cadence = 1.7

  func pose(_ frame: Int) -> Pose {
    let progress = frames > 1 ? Double(frame) / Double(frames - 1) : 0.5
    let steps = gait + Self.cadence * Double(frame) / framesPerSecond
    let dx = end.x - start.x
    let dz = end.z - start.z
    let length = (dx * dx + dz * dz).squareRoot()
    return Pose(
      place: Place(x: start.x + dx * progress, z: start.z + dz * progress),
      bob: 0.016 * Self.wave(steps), stride: Self.wave(steps / 2),
      sideways: length > 0 ? dx / length : 0, roll: roll + 0.012 * Self.wave(steps / 2 + 0.25),
      foreshortening: foreshortening - 0.015 * (1 + Self.wave(steps / 3)))
  }

  /// A smooth wave of period 1 and range -1 ... 1, from two parabolas: no library sine, so that every
  /// machine draws the same picture.
  static func wave(_ phase: Double) -> Double {
    let p = phase - phase.rounded(.down)
    return p < 0.5 ? 16 * p * (0.5 - p) : -16 * (p - 0.5) * (1 - p)
  }

  /// Most marker sides per second the marker moves across the picture: at 5 frames a second a box of
  /// twice the marker still covers over a third of its last place.
  static let topSpeed = 4.5

  /// Shortens the way around its middle until nobody moves faster than `topSpeed`.
  mutating func slow(in view: CameraView) {
    for _ in 0..<80 where speed(in: view) > Self.topSpeed {
      let middle = Place(x: (start.x + end.x) / 2, z: (start.z + end.z) / 2)
      start.x += (middle.x - start.x) * 0.06
      start.z += (middle.z - start.z) * 0.06
      end.x += (middle.x - end.x) * 0.06
      end.z += (middle.z - end.z) * 0.06
    }
  }

  /// Fastest move of the marker, in sides per second.
  func speed(in view: CameraView) -> Double {
    let seconds = max(1, Double(frames - 1)) / framesPerSecond
    let steps = 24
    var fastest = 0.0
    var last: (x: Double, y: Double)?
    for step in 0...steps {
      let progress = Double(step) / Double(steps)
      let z = start.z + (end.z - start.z) * progress
      let x = view.column(start.x + (end.x - start.x) * progress, z)
      let y = view.row(MarkerBoard.carriedAt, z)
      if let last {
        let moved = ((x - last.x) * (x - last.x) + (y - last.y) * (y - last.y)).squareRoot()
        let side = MarkerBoard.side * view.scale(z)
        fastest = max(fastest, moved / side * Double(steps) / seconds)
      }
      last = (x, y)
    }
    return fastest
  }
}
