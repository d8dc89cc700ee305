// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// One visit with all that was drawn for it: what the camera sees, and what the searches find.
package struct VisitScript: Sendable {
  /// By number, from 0.
  package let camera: Int
  package let track: TrackID
  /// Who it truly was; goes into no event.
  package let identity: UInt64
  package let isEnrolled: Bool
  /// One a frame, in a row.
  package let captures: [ModelledCapture]
  /// By tier; `nil` where no capture is of it.
  package let searches: [VisitSearch?]
}

/// What a camera makes of a face in one frame, without pixels.
package struct ModelledCapture: Hashable, Sendable {
  /// The names of the quality tiers, best first, and what they ask for.
  package static let tiers = [
    (name: "near", pixels: 36.0, margin: 60.0), (name: "mid", pixels: 24, margin: 40),
    (name: "far", pixels: 14, margin: 15),
  ]

  package let box: Box
  /// The contrast of its bits, in gray levels.
  package let margin: Double
  /// The index of its tier; `nil` below the quality floor, where it is not searched.
  package let tier: Int?

  init(box: Box, margin: Double) {
    self.box = box
    self.margin = margin
    // By index: an element would be copied with its name.
    tier = Self.tiers.indices.first {
      box.width >= Self.tiers[$0].pixels && margin >= Self.tiers[$0].margin
    }
  }

  /// As `Faces` measures it.
  package var quality: Double { Self.quality(pixels: box.width, margin: margin) }

  package static func quality(pixels: Double, margin: Double) -> Double {
    let size = pixels / (pixels + 24)
    let contrast = margin / (margin + 20)
    return 2 * size * contrast / max(size + contrast, .leastNormalMagnitude)
  }
}

/// How somebody walks before a camera: towards it, away, across, or not at all.
struct Passage {
  static let width = 1280
  static let height = 720

  private let key: UInt64
  private let captures: Int
  private let sizes: (first: Double, last: Double)
  private let x: (first: Double, last: Double)
  private let y: Double
  private let light: Double

  /// `factor` is how near the camera hangs, 1 for usual; the dark halves the light.
  init(_ visit: Visit, seed: UInt64, factor: Double, isDark: Bool) {
    key = visit.key
    captures = Int(visit.captures)
    var draws = TrafficDraws(seed: seed, .visit, visit.key)
    let far = factor * draws.within(11, 20)
    let near = factor * draws.within(28, 62)
    let kind = draws.unit()
    // More than 30 frames are nobody's pass: those stand about.
    if captures > 30 {
      let size = draws.within(far, near)
      sizes = (size, size)
    } else if kind < 0.55 {
      sizes = (far, near)
    } else if kind < 0.8 {
      sizes = (near, far)
    } else {
      let size = draws.within(far, near)
      sizes = (size, size * draws.within(0.92, 1.08))
    }
    let middle = draws.within(200, 1000)
    // Across: three sides a second at most.
    let reach = (kind < 0.8 || captures > 30 ? 0.4 : 1.5) * sizes.first * Double(captures) / 10
    let side = draws.chance(0.5) ? 1.0 : -1
    let half = captures > 30 ? 0 : min(reach, 180)
    x = (middle - side * half, middle + side * half)
    y = draws.within(180, 460)
    light = draws.within(60, 180) * (isDark ? 0.45 : 1)
  }

  /// Capture number `index`.
  func capture(_ index: Int) -> ModelledCapture {
    var draws = TrafficDraws(seed: key, .visit, UInt64(index))
    let progress = captures > 1 ? Double(index) / Double(captures - 1) : 0.5
    let word = draws.next()
    let jitter = Double(word >> 40) * 0x1p-24 - 0.5
    let flicker = Double(word & 0xff_ffff) * 0x1p-24 - 0.5
    let side = (sizes.first + (sizes.last - sizes.first) * progress) * (1 + 0.03 * jitter)
    let centre = x.first + (x.last - x.first) * progress
    return ModelledCapture(
      box: Box(x: centre - side / 2, y: y - side / 2, width: side, height: side),
      margin: light * (1 + 0.2 * flicker))
  }
}
