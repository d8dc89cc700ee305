// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population

/// Random draws that depend on a key alone, never on who draws first.
struct TrafficDraws {
  /// What the draws are for; two purposes share none. Values are part of what a seed means.
  enum Purpose: UInt64 {
    case arrivals = 0x7472_6166_0001
    case calibration, journey, visit, search, camera, roster
  }

  private var stream: SplitMix64

  init(seed: UInt64, _ purpose: Purpose, _ key: UInt64, _ part: UInt64 = 0) {
    stream = SplitMix64(
      seed: seed, domain: .init(number: purpose.rawValue), identity: key, draw: part)
  }

  mutating func next() -> UInt64 { stream.next() }

  /// Uniform in 0 ..< 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func within(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// Uniform in 0 ..< `count`, with a bias below `count` / 2^64.
  mutating func below(_ count: UInt64) -> UInt64 { next().multipliedFullWidth(by: count).high }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// Exponential with mean 1, above 0.
  mutating func exponential() -> Double { -log((Double(next() >> 11) + 0.5) * 0x1p-53) }
}
