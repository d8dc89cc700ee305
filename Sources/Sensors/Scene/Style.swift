// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The look of one kind of room.
struct Style: Sendable {
  let name: String
  let halfWidth: Double
  let ceiling: Double
  let wall: Tone
  let lower: Tone
  let dado: Double
  let floor: Tone
  let tile: Double
  let lampSpacing: Double
  /// Panels of the side walls, repeated along them, and of the back wall.
  let side: Room.Panel.Kind
  let accents: [Tone]

  static let all: [Style] = [
    Style(
      name: "lobby", halfWidth: 4.6, ceiling: 3.5, wall: Tone(205, 199, 188),
      lower: Tone(176, 164, 148), dado: 1.05, floor: Tone(158, 150, 140), tile: 1.2,
      lampSpacing: 3.6, side: .poster,
      accents: [Tone(122, 146, 158), Tone(164, 128, 106), Tone(138, 150, 118)]),
    Style(
      name: "corridor", halfWidth: 2.9, ceiling: 2.9, wall: Tone(196, 205, 203),
      lower: Tone(132, 158, 156), dado: 1.2, floor: Tone(134, 140, 142), tile: 0.8,
      lampSpacing: 3, side: .door,
      accents: [Tone(150, 122, 96), Tone(140, 114, 92), Tone(108, 126, 136)]),
    Style(
      name: "arcade", halfWidth: 4.1, ceiling: 3.9, wall: Tone(198, 184, 168),
      lower: Tone(120, 108, 104), dado: 0.5, floor: Tone(170, 146, 128), tile: 1,
      lampSpacing: 4.2, side: .window,
      accents: [Tone(128, 84, 80), Tone(78, 104, 112), Tone(136, 122, 82), Tone(98, 92, 118)]),
    Style(
      name: "hall", halfWidth: 5.8, ceiling: 4.8, wall: Tone(178, 184, 194),
      lower: Tone(140, 146, 160), dado: 0.9, floor: Tone(144, 146, 150), tile: 1.6,
      lampSpacing: 4.8, side: .window,
      accents: [Tone(158, 176, 190), Tone(148, 168, 186), Tone(176, 158, 112)]),
  ]

  func panels(halfWidth: Double, depth: Double, draws: inout Draws) -> [Room.Panel] {
    var out = [Room.Panel]()
    for wall in [Room.Wall.left, .right] {
      var z = draws.within(2.2...3.4)
      while z < depth - 1 {
        let length = panelLength * draws.within(0.9...1.1)
        let end = min(z + length, depth - 0.4)
        let tone = draws.pick(accents)
        out.append(Room.Panel(wall: wall, along: z...end, up: panelHeights, kind: side, tone: tone))
        if side == .window, ceiling < 4.5 {
          out.append(
            Room.Panel(wall: wall, along: z...end, up: 2.6...3.1, kind: .sign, tone: tone))
        }
        z = end + draws.within(panelGap)
      }
    }
    let middle = draws.within(-0.25...0.25) * halfWidth
    out.append(
      Room.Panel(
        wall: .back, along: (middle - 1)...(middle + 1), up: 0...2.3, kind: .door,
        tone: draws.pick(accents)))
    for sign in [-1.0, 1] {
      let centre = middle + sign * draws.within(2.1...2.5)
      out.append(
        Room.Panel(
          wall: .back, along: (centre - 0.6)...(centre + 0.6), up: 1.1...2.5, kind: .poster,
          tone: draws.pick(accents)))
    }
    return out
  }

  private var panelLength: Double {
    switch side {
    case .door: 1
    case .poster, .sign: 1.5
    case .window: 3
    }
  }

  private var panelHeights: ClosedRange<Double> {
    switch side {
    case .door: 0...2.1
    case .poster, .sign: 1.3...2.6
    case .window: dado...(dado + 2)
    }
  }

  private var panelGap: ClosedRange<Double> {
    switch side {
    case .door: 1.6...2.4
    case .poster, .sign: 1.2...2
    case .window: 0.5...0.8
    }
  }
}
