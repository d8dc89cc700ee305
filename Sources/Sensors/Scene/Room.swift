// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a camera looks at: a box-shaped room with panels (doors, shop windows, posters) on its walls.
struct Room: Sendable {
  enum Wall: Sendable { case left, right, back }

  /// A rectangle on a wall. `along` is z on the side walls and x on the back wall; metres.
  struct Panel: Sendable {
    enum Kind: Sendable { case door, window, poster, sign }
    let wall: Wall
    let along: ClosedRange<Double>
    let up: ClosedRange<Double>
    let kind: Kind
    let tone: Tone
  }

  let view: CameraView
  let name: String
  /// Half the room's width, its height and its length, metres.
  let halfWidth: Double
  let ceiling: Double
  let depth: Double
  let wall: Tone
  /// The lower part of the walls, up to `dado` metres.
  let lower: Tone
  let dado: Double
  let floor: Tone
  let tile: Double
  let panels: [Panel]
  /// Distance between rows of ceiling lamps, metres.
  let lampSpacing: Double
  let textureKey: UInt64

  /// The room of camera `index`: four kinds in turn, each with its own proportions by seed.
  init(seed: UInt64, camera index: Int, size: FrameSize) {
    var draws = Draws(seed: seed, .scene, index)
    view = CameraView(
      size: size, centreShift: draws.within(-0.06...0.06),
      horizonShare: draws.within(0.25...0.29), eye: draws.within(2.1...2.3))
    textureKey = Draws.mix(draws.next())
    depth = draws.within(15...17)
    let style = Style.all[index % Style.all.count]
    name = style.name
    halfWidth = style.halfWidth * draws.within(0.93...1.08)
    ceiling = style.ceiling * draws.within(0.97...1.05)
    wall = style.wall
    lower = style.lower
    dado = style.dado
    floor = style.floor
    tile = style.tile
    lampSpacing = style.lampSpacing
    panels = style.panels(halfWidth: halfWidth, depth: depth, draws: &draws)
  }
}
