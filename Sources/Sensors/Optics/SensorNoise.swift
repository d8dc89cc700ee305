// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Sensor noise: near-Gaussian, stronger in the light than in the dark, as photon noise is.
///
/// A table of random values is made once from the seed; each row of each frame reads it from its own
/// random place. That costs one multiplication a pixel and shows no pattern.
struct SensorNoise: Sendable {
  /// Highest standard deviation for which the 16-bit arithmetic below cannot overflow.
  static let limit = 12.0
  private static let tableSize = 1 << 16
  private static let tableDeviation = 24.0
  private let table: [Int8]
  private let seed: UInt64

  /// `width` is that of the widest picture.
  init(seed: UInt64, width: Int) {
    self.seed = seed
    var draws = Draws(seed: seed, .noiseTable)
    table = (0..<(Self.tableSize + width)).map { _ in
      // Eight bytes sum to mean 1020 and deviation 209; rarely beyond 4.5 deviations, here 108.
      var bits = draws.next()
      var sum = 0
      for _ in 0..<8 {
        sum += Int(bits & 255)
        bits >>= 8
      }
      return Int8(max(-108, min(108, (sum - 1020) * 115 / 1000)))
    }
  }

  /// Adds noise to the luma of one frame: `deviation` gray levels (up to `limit`) at mid-gray, 0.6 times
  /// that in black.
  func apply(
    deviation: Double, to luma: inout [UInt8], width: Int, height: Int, camera: Int, frame: Int
  ) {
    guard deviation > 0 else { return }
    let gain = min(Self.limit, deviation) * 256 / Self.tableDeviation
    let dark = Int16((gain * 0.6).rounded())
    let slope = Int16((gain * 0.8).rounded())
    var draws = Draws(seed: seed, .noise, camera, frame)
    unsafe luma.withUnsafeMutableBufferPointer { luma in
      unsafe table.withUnsafeBufferPointer { table in
        for y in 0..<height {
          let row = y * width
          let place = draws.below(Self.tableSize)
          for x in 0..<width {
            let old = Int16(unsafe luma[row + x])
            let amplitude = dark &+ ((old &* slope) &>> 8)
            let value = old &+ ((Int16(unsafe table[place + x]) &* amplitude &+ 128) &>> 8)
            unsafe luma[row + x] = UInt8(truncatingIfNeeded: max(0, min(255, value)))
          }
        }
      }
    }
  }
}
