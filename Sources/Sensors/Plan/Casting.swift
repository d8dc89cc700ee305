// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Markers
internal import Population

/// Decides who each pass of a camera is and which marker they carry.
struct Casting {
  private let options: SimulationOptions
  private let camera: Int
  private let firstMarker: Int
  private let markerStep: Int
  private var cast = [UInt64]()

  init(_ options: SimulationOptions, camera: Int) {
    self.options = options
    self.camera = camera
    var draws = Draws(seed: options.seed, .marker, camera)
    firstMarker = draws.below(MarkerFamily.count)
    // A step without a common divisor visits every marker before it repeats one.
    var step = 1 + draws.below(MarkerFamily.count - 1)
    while Self.divisor(step, MarkerFamily.count) != 1 { step += 1 }
    markerStep = step
  }

  mutating func next() -> (marker: Int, identity: UInt64) {
    let number = cast.count
    let identity = identity(number)
    cast.append(identity)
    return ((firstMarker + number * markerStep) % MarkerFamily.count, identity)
  }

  private func identity(_ number: Int) -> UInt64 {
    var draws = Draws(seed: options.seed, .identity, camera, number)
    if options.revisits, draws.chance(0.5), !cast.isEmpty { return draws.pick(cast) }
    if draws.chance(options.mated) {
      let first = draws.below(options.enrolled)
      // One more than the cast: one of them is free, unless the gallery is smaller than the cast.
      for step in 0...UInt64(cast.count) where step < options.enrolled {
        let candidate = (first + step) % options.enrolled
        if !cast.contains(candidate) { return candidate }
      }
    }
    var stranger = Population.firstStranger + draws.below(1 << 32)
    while cast.contains(stranger) { stranger += 1 }
    return stranger
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
