// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A Gaussian blur of 8-bit planes, separable, in 16-bit integers that the compiler makes vectors of.
struct LensBlur: Sendable {
  /// Weights in 1/256 from the middle outwards; the whole symmetric kernel sums to 256, so a product
  /// sum with bytes and the rounding stays below 2^16.
  let weights: [UInt16]

  /// - Parameter sigma: pixels; 0 or less blurs nothing.
  init(sigma: Double) {
    guard sigma > 0.05 else {
      weights = [256]
      return
    }
    let radius = Int((3 * sigma).rounded(.up))
    let raw = (0...radius).map { Self.bell(Double($0 * $0) / (2 * sigma * sigma)) }
    let total = 2 * raw.reduce(0, +) - raw[0]
    var out = raw.map { UInt16((256 * $0 / total).rounded()) }
    while out.count > 1, out.last == 0 { out.removeLast() }
    out[0] = 256 - 2 * out.dropFirst().reduce(0, +)
    weights = out
  }

  /// exp(-a), within 1e-9, by (1 - a/64 + ...)^64: arithmetic only, so it is the same everywhere.
  private static func bell(_ a: Double) -> Double {
    let x = -a / 64
    var value = 1 + x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))))
    for _ in 0..<6 { value *= value }
    return value
  }

  /// Blurs `plane` (rows of `width`) in place; edges repeat the last pixel.
  func apply(to plane: inout [UInt8], width: Int, height: Int) {
    let reach = weights.count - 1
    guard reach > 0 else { return }
    var across = [UInt8](repeating: 0, count: plane.count)
    var padded = [UInt8](repeating: 0, count: width + 2 * reach)
    var sums = [UInt16](repeating: 0, count: width)
    unsafe plane.withUnsafeMutableBufferPointer { plane in
      unsafe across.withUnsafeMutableBufferPointer { across in
        unsafe padded.withUnsafeMutableBufferPointer { padded in
          unsafe sums.withUnsafeMutableBufferPointer { sums in
            for y in 0..<height {
              let row = y * width
              for i in 0..<reach {
                unsafe padded[i] = plane[row]
                unsafe padded[reach + width + i] = plane[row + width - 1]
              }
              for x in 0..<width { unsafe padded[reach + x] = plane[row + x] }
              let weight = weights[0]
              for x in 0..<width {
                unsafe sums[x] = UInt16(padded[reach + x]) &* weight &+ 128
              }
              for tap in 1...reach {
                let weight = weights[tap]
                for x in 0..<width {
                  let pair =
                    unsafe UInt16(padded[reach + x - tap]) &+ UInt16(padded[reach + x + tap])
                  unsafe sums[x] = sums[x] &+ pair &* weight
                }
              }
              for x in 0..<width {
                unsafe across[row + x] = UInt8(truncatingIfNeeded: sums[x] &>> 8)
              }
            }
            for y in 0..<height {
              let row = y * width
              let weight = weights[0]
              for x in 0..<width { unsafe sums[x] = UInt16(across[row + x]) &* weight &+ 128 }
              for tap in 1...reach {
                let above = max(0, y - tap) * width
                let below = min(height - 1, y + tap) * width
                let weight = weights[tap]
                for x in 0..<width {
                  let pair = unsafe UInt16(across[above + x]) &+ UInt16(across[below + x])
                  unsafe sums[x] = sums[x] &+ pair &* weight
                }
              }
              for x in 0..<width {
                unsafe plane[row + x] = UInt8(truncatingIfNeeded: sums[x] &>> 8)
              }
            }
          }
        }
      }
    }
  }
}
