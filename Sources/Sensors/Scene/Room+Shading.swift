// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension Room {
  /// The colour seen at a point of the picture, in pixels from its top left corner.
  ///
  /// Follows the ray to the nearest of floor, ceiling and walls and shades what is there.
  func tone(atColumn column: Double, row: Double) -> Tone {
    let across = (column - view.centre) / view.focal
    let down = (row - view.horizon) / view.focal
    var z = depth
    var wall: Wall? = .back
    if across * depth > halfWidth {
      (z, wall) = (halfWidth / across, .right)
    } else if -across * depth > halfWidth {
      (z, wall) = (-halfWidth / across, .left)
    }
    let head = ceiling - view.eye
    var isFloor = false
    if down * z > view.eye {
      (z, wall, isFloor) = (view.eye / down, nil, true)
    } else if -down * z > head {
      (z, wall) = (-head / down, nil)
    }
    let x = across * z
    let y = view.eye - down * z
    var tone: Tone
    if let wall {
      tone = wallTone(wall, along: wall == .back ? x : z, y: y)
    } else {
      tone = isFloor ? floorTone(x, z) : ceilingTone(x, z)
    }
    // Distance pales a little, and the corners of the picture fall off, as lenses do.
    tone = tone.mixed(with: Tone(202, 204, 206), Float(min(0.25, z * 0.012)))
    let u = column / Double(view.width) - 0.5
    let v = row / Double(view.height) - 0.5
    return tone.lit(Float(1.03 - 0.24 * (u * u + v * v)))
  }

  private func floorTone(_ x: Double, _ z: Double) -> Tone {
    let (i, fx) = split(x / tile + 1000)
    let (j, fz) = split(z / tile)
    let joint = 0.012 / tile
    var tone = floor.lit((i + j) & 1 == 0 ? 1 : 0.955)
    if fx < joint || fz < joint || fx > 1 - joint || fz > 1 - joint { tone = floor.lit(0.8) }
    // A skirting of shade where the floor meets the walls.
    let edge = min(halfWidth - abs(x), depth - z)
    let shade = edge < 0.9 ? 0.86 + 0.155 * edge : 1
    return tone.lit(Float(shade * lampLight(x, z, reach: 3.2) * grain(0, x, z)))
  }

  private func ceilingTone(_ x: Double, _ z: Double) -> Tone {
    let (_, fz) = split(z / lampSpacing)
    let lampX = abs(abs(x) - halfWidth * 0.45)
    if fz > 0.36, fz < 0.64, lampX < 0.32 { return Tone(244, 242, 234) }
    let (_, tx) = split(x / 1.2 + 100)
    let (_, tz) = split(z / 1.2)
    let base = Tone(206, 206, 203)
    let line: Float = tx < 0.018 || tz < 0.018 ? 0.94 : 1
    return base.lit(line * Float(0.86 + 0.14 / (1 + lampX * lampX)))
  }

  private func wallTone(_ wall: Wall, along: Double, y: Double) -> Tone {
    let surface = wall == .left ? 1 : wall == .right ? 2 : 3
    // Light comes from above; the two sides differ a little, so that corners show.
    let side = wall == .left ? 0.95 : wall == .right ? 1 : 0.975
    let near = wall == .back ? 0 : along
    let lamps = wall == .back ? 1 : lampLight(halfWidth, near, reach: 5)
    let light = side * (0.95 + 0.04 * y) * lamps
    for panel in panels
    where panel.wall == wall && panel.along.contains(along) && panel.up.contains(y) {
      return panelTone(panel, along: along, y: y).lit(Float(light))
    }
    if y < 0.11 { return lower.lit(Float(0.68 * light)) }
    if y < dado { return lower.lit(Float(light * grain(surface, along, y))) }
    if y < dado + 0.05 { return lower.lit(Float(0.84 * light)) }
    return self.wall.lit(Float(light * grain(surface, along, y)))
  }

  private func panelTone(_ panel: Panel, along: Double, y: Double) -> Tone {
    let u = along - panel.along.lowerBound
    let length = panel.along.upperBound - panel.along.lowerBound
    let v = y - panel.up.lowerBound
    let rise = panel.up.upperBound - panel.up.lowerBound
    let rim = min(min(u, length - u), min(rise - v, panel.kind == .door ? rise : v))
    switch panel.kind {
    case .door:
      if rim < 0.07 { return panel.tone.lit(0.72) }
      let leaf = length > 1.5 ? (u < length / 2 ? u : length - u) : u
      if length > 1.5, abs(u - length / 2) < 0.015 { return panel.tone.lit(0.6) }
      if v > 1.25, v < rise - 0.35, leaf > 0.3, leaf < 0.72 { return Tone(176, 190, 196) }
      if v > 0.98, v < 1.06, leaf > 0.78, leaf < 0.92 { return Tone(206, 204, 198) }
      return panel.tone
    case .window:
      if rim < 0.07 { return Tone(96, 98, 102) }
      let (_, pane) = split(u / 1.02)
      if pane < 0.04 { return Tone(110, 112, 116) }
      let glass = panel.tone.mixed(with: Tone(212, 218, 220), Float(0.45 + 0.18 * v / rise))
      // A slanting reflection, and goods on a shelf behind the glass.
      let (_, slant) = split((u - 0.7 * v) / 2.4 + 10)
      if slant > 0.55, slant < 0.72 { return glass.lit(1.06) }
      let (k, item) = split(u / 0.42)
      let tall = 0.22 + 0.09 * Double((k &* 7 &+ 3) % 5)
      return v < tall + 0.1 && item > 0.16 && item < 0.84 ? glass.lit(0.84) : glass
    case .poster:
      if rim < 0.06 { return Tone(224, 221, 214) }
      if v > rise * 0.58 { return panel.tone.lit(1.1) }
      if v > rise * 0.5 { return panel.tone.mixed(with: Tone(226, 222, 212), 0.6) }
      return panel.tone.lit(Float(0.8 + 0.25 * u / length))
    case .sign:
      if rim < 0.04 { return panel.tone.lit(0.75) }
      return abs(v - rise / 2) < 0.06 && u > 0.5 && u < length - 0.5
        ? panel.tone.mixed(with: Tone(236, 230, 216), 0.75) : panel.tone
    }
  }

  /// Light of the two rows of lamps, 0.95 to 1.2.
  private func lampLight(_ x: Double, _ z: Double, reach: Double) -> Double {
    let (_, f) = split(z / lampSpacing)
    let dz = (f - 0.5) * lampSpacing
    let dx = abs(x) - halfWidth * 0.45
    return 0.95 + 0.25 / (1 + (dx * dx + dz * dz) / reach)
  }

  /// A fixed texture of 6 cm cells, within 1.5 %.
  private func grain(_ surface: Int, _ u: Double, _ v: Double) -> Double {
    let (i, _) = split(u / 0.06 + 4096)
    let (j, _) = split(v / 0.06 + 4096)
    let cell = UInt64(truncatingIfNeeded: (surface << 40) ^ (i << 20) ^ j)
    return 0.985 + 0.03 * Double(Draws.mix(textureKey ^ cell) >> 56) / 255
  }

  /// Floor and fraction of a number that is not negative.
  private func split(_ value: Double) -> (Int, Double) {
    let whole = Int(value)
    return (whole, value - Double(whole))
  }
}
