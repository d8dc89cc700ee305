// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Draws the ways people walk before one camera.
struct WalkPlanner {
  private let options: SimulationOptions
  private let camera: Int
  private let room: Room
  private let pixels: ClosedRange<Double>

  init(_ options: SimulationOptions, camera: Int, room: Room) {
    self.options = options
    self.camera = camera
    self.room = room
    pixels = options.distance[camera % options.distance.count].markerPixels
  }

  /// Towards the camera, away from it, or across, by chance.
  /// Another one for each `attempt`.
  func walk(pass: Int, attempt: Int, frames: Int) -> Walk {
    var draws = Draws(seed: options.seed, .walk, camera, pass, attempt)
    let span = pixels.upperBound - pixels.lowerBound
    let kind = draws.below(5)
    if kind < 3 {
      let far = distance(pixels.lowerBound + 0.3 * span * draws.unit())
      let near = distance(pixels.upperBound - 0.35 * span * draws.unit())
      let there = place(share: draws.within(0.22...0.78), z: far)
      let here = place(share: draws.within(0.16...0.84), z: near)
      let towards = kind < 2
      return finish(towards ? there : here, towards ? here : there, frames, &draws)
    }
    let middle = pixels.lowerBound + span * draws.within(0.15...0.85)
    let from = distance(middle * draws.within(0.92...1.08))
    let to = distance(middle * draws.within(0.92...1.08))
    // From the picture's edge where it shows the walker half cut, or from the wall.
    let left = place(share: draws.within(-0.005...0.12), z: from)
    let right = place(share: draws.within(0.6...0.9), z: to)
    if draws.chance(0.5) { return finish(left, right, frames, &draws) }
    return finish(
      Walk.Place(x: -left.x, z: left.z), Walk.Place(x: -right.x, z: right.z), frames, &draws)
  }

  /// The farther walks right, the nearer left; both are in the middle column half-way.
  func crossing(frames: Int) -> [Walk] {
    var draws = Draws(seed: options.seed, .walk, camera, -1)
    let span = pixels.upperBound - pixels.lowerBound
    return [(0.42, 1.0), (0.68, -1.0)].map { share, direction in
      let z = distance(pixels.lowerBound + span * share)
      // Far enough apart that `slow` sets the pace: about two thirds of top speed each.
      let half = 0.34 * Walk.topSpeed * MarkerBoard.side * Double(frames) / options.framesPerSecond
      return finish(
        Walk.Place(x: -half * direction, z: z), Walk.Place(x: half * direction, z: z), frames,
        &draws)
    }
  }

  /// Where a marker has this side, in pixels of a picture 720 high.
  private func distance(_ pixels: Double) -> Double {
    MarkerBoard.side * CameraView.focalPerHeight * 720 / pixels
  }

  /// The place at distance `z` seen at this share of the picture's width, kept off the walls.
  private func place(share: Double, z: Double) -> Walk.Place {
    let x = (share * Double(room.view.width) - room.view.centre) * z / room.view.focal
    let limit = room.halfWidth - 0.45
    return Walk.Place(x: max(-limit, min(limit, x)), z: z)
  }

  private func finish(
    _ start: Walk.Place, _ end: Walk.Place, _ frames: Int, _ draws: inout Draws
  ) -> Walk {
    var walk = Walk(
      start: start, end: end, frames: frames, framesPerSecond: options.framesPerSecond,
      gait: draws.unit(), roll: draws.within(-0.035...0.035),
      foreshortening: draws.within(0.95...1))
    walk.slow(in: room.view)
    return walk
  }
}
