// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A colour as JPEG stores it: luma and two colour differences, each 0 ... 255.
struct Tone: Hashable, Sendable {
  var luma: Float
  var blue: Float
  var red: Float

  init(luma: Float, blue: Float, red: Float) {
    self.luma = luma
    self.blue = blue
    self.red = red
  }

  /// From 8-bit red, green and blue (JFIF 1.02).
  init(_ r: Float, _ g: Float, _ b: Float) {
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    blue = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b
    red = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b
  }

  /// The same surface under `light` times the light.
  func lit(_ light: Float) -> Tone {
    Tone(luma: luma * light, blue: 128 + (blue - 128) * light, red: 128 + (red - 128) * light)
  }

  func mixed(with other: Tone, _ share: Float) -> Tone {
    Tone(
      luma: luma + (other.luma - luma) * share, blue: blue + (other.blue - blue) * share,
      red: red + (other.red - red) * share)
  }
}
