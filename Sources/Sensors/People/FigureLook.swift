// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What a figure wears and how tall it is.
struct FigureLook: Hashable, Sendable {
  /// Metres from floor to crown.
  let height: Double
  let jacket: Tone
  let trousers: Tone
  /// Head and hands: plain mannequin greys, nobody's skin.
  let body: Tone

  init(_ draws: inout Draws) {
    height = draws.within(1.62...1.84)
    jacket = draws.pick(Self.jackets).lit(Float(draws.within(0.92...1.08)))
    trousers = draws.pick(Self.trouserTones).lit(Float(draws.within(0.92...1.08)))
    body = draws.pick(Self.bodies)
  }

  private static let jackets: [Tone] = [
    Tone(74, 96, 122), Tone(126, 78, 74), Tone(86, 108, 84), Tone(150, 122, 74),
    Tone(104, 88, 120), Tone(64, 108, 112), Tone(138, 104, 92), Tone(92, 98, 106),
    Tone(150, 96, 62), Tone(62, 74, 92),
  ]
  private static let trouserTones: [Tone] = [
    Tone(58, 62, 72), Tone(76, 70, 64), Tone(70, 82, 100), Tone(96, 92, 84), Tone(52, 56, 54),
  ]
  private static let bodies: [Tone] = [
    Tone(196, 190, 182), Tone(178, 176, 174), Tone(206, 200, 188), Tone(186, 188, 192),
  ]
}
