// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// One person in one picture: a plain figure that carries a board with a marker before the chest.
struct Figure: Sendable {
  /// Number of the pass among those of its camera.
  let pass: Int
  let marker: Int
  /// From the camera, metres.
  let distance: Double
  /// Back to front, all behind the board.
  let shapes: [FigureShape]
  let board: MarkerBoard
  /// Where the shadow lies: its centre and half axes, pixels.
  let shadow: (x: Double, y: Double, halfWidth: Double, halfHeight: Double)
  /// Middle and half width of the figure, for shading.
  let middle: Float
  let reach: Float

  init(pass: Int, marker: Int, pose: Walk.Pose, look: FigureLook, view: CameraView) {
    self.pass = pass
    self.marker = marker
    distance = pose.place.z
    let z = pose.place.z
    let scale = view.scale(z)
    let left = view.column(pose.place.x, z)
    let feet = view.row(0, z)
    let size = look.height / 1.7
    /// A point of the figure, metres from the middle of its feet.
    func at(_ x: Double, _ y: Double, bobbing: Bool = true) -> (x: Double, y: Double) {
      (left + x * scale * size, feet - (y * size + (bobbing ? pose.bob : 0)) * scale)
    }
    let unit = scale * size
    let step = pose.stride
    let side = pose.sideways
    var shapes = [FigureShape]()
    // The far leg first; walking sideways the legs swing apart, else the feet rise in turn.
    for sign in step > 0 ? [-1.0, 1] : [1.0, -1] {
      let swing = 0.2 * step * side * sign
      let lift = 0.05 * max(0, step * sign)
      let hip = at(0.085 * sign, 0.86)
      let foot = at(0.1 * sign * (1 - 0.6 * abs(side)) + swing, 0.1 + lift, bobbing: false)
      let shade = look.trousers.lit(sign > 0 ? 0.94 : 1.04)
      let toe = (x: foot.x + (0.035 * sign + 0.05 * side) * unit, y: foot.y + 0.055 * unit)
      shapes.append(
        .limb(foot, toe, radii: (0.05 * unit, 0.045 * unit), look.trousers.lit(0.55)))
      shapes.append(.limb(hip, foot, radii: (0.1 * unit, 0.065 * unit), shade))
    }
    let board = (x: left, y: view.row(MarkerBoard.carriedAt + pose.bob, z))
    for sign in [-1.0, 1] {
      let shoulder = at(0.185 * sign, 1.36)
      let elbow = at(0.285 * sign, 1.13)
      let hand = (x: board.x + 0.2 * sign * scale, y: board.y + 0.13 * scale)
      let sleeve = look.jacket.lit(sign > 0 ? 0.88 : 1.02)
      shapes.append(.limb(elbow, hand, radii: (0.05 * unit, 0.04 * unit), sleeve))
      shapes.append(.limb(hand, hand, radii: (0.04 * unit, 0.04 * unit), look.body.lit(0.97)))
      shapes.append(.limb(shoulder, elbow, radii: (0.068 * unit, 0.055 * unit), sleeve))
    }
    let chest = (0.2 * unit, 0.31 * unit)
    shapes.append(.block(at(0, 1.13), half: chest, radius: 0.1 * unit, look.jacket))
    let neck = look.body.lit(0.84)
    shapes.append(.limb(at(0, 1.42), at(0, 1.5), radii: (0.06 * unit, 0.05 * unit), neck))
    shapes.append(.limb(at(0, 1.57), at(0, 1.605), radii: (0.088 * unit, 0.095 * unit), look.body))
    self.shapes = shapes
    self.board = MarkerBoard(
      centreX: board.x, centreY: board.y, scale: scale,
      roll: pose.roll, foreshortening: pose.foreshortening)
    shadow = (left, feet - 0.01 * unit, 0.34 * unit, 0.34 * unit * view.eye / z)
    middle = Float(left)
    reach = Float(0.3 * unit)
  }

  /// Whether this figure hides any part of the marker, white zone included, on `other`'s board.
  func hides(_ other: MarkerBoard) -> Bool {
    other.zonePoints().contains { x, y in
      board.covers(x, y, margin: 1) || shapes.contains { $0.distance(Float(x), Float(y)) < 1 }
    }
  }
}
