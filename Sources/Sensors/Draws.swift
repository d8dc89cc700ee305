// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Random draws that depend only on a seed and on what they are for, never on who draws first.
///
/// A key is hashed from the seed, the purpose and up to three counters (camera, person, frame, row);
/// the draws are that key's SplitMix64 sequence (Steele, Lea and Flood, 2014). Only integer arithmetic
/// and exact conversions, so every machine gets the same numbers.
struct Draws {
  /// What the draws are for; two purposes share no draws.
  enum Purpose: UInt64 {
    case scene = 1
    case texture, phase, schedule, walk, look, identity, marker, noise, noiseTable
    case fault, faultBytes, box, probe
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var state: UInt64

  init(seed: UInt64, _ purpose: Purpose, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    var key = Self.mix(seed &+ Self.step)
    for part in [purpose.rawValue, UInt64(bitPattern: Int64(a)), UInt64(bitPattern: Int64(b))] {
      key = Self.mix((key ^ part) &+ Self.step)
    }
    state = Self.mix((key ^ UInt64(bitPattern: Int64(c))) &+ Self.step)
  }

  /// A bijection of 64-bit words in which every output bit depends on every input bit.
  @inline(__always)
  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mix(state)
  }

  /// Uniform in 0 ..< 1, a multiple of 2^-53.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func within(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// Uniform in 0 ..< `count`, with a bias below `count` / 2^64.
  mutating func below(_ count: UInt64) -> UInt64 { next().multipliedFullWidth(by: count).high }

  mutating func below(_ count: Int) -> Int { Int(below(UInt64(count))) }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
