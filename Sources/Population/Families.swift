// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Who is related to whom: a keyed bijection from identities to seats, neighbours in pairs.
///
/// Seats `0 ..< 2 n1` hold the n1 pairs of identical twins, the next block those of same-sex twins and
/// so on in the order of `Kinship`, with n = floor(prevalence x population / 2); the other seats are
/// single. Seats 2k and 2k + 1 are a pair: the first is the *anchor*, drawn as anybody, the second is
/// derived from it. The bijection is an alternating Feistel network on the least number of bits that
/// holds the population, walked until it falls inside (fewer than two rounds on average), so finding a
/// relative costs O(1) and no storage.
struct Families: Sendable {
  static let rounds = 6

  private let population: UInt64
  private let lowBits: UInt64
  private let highBits: UInt64
  private let keys: [UInt64]
  // Where the block of each kind ends.
  private let ends: [(end: UInt64, kind: Kinship)]

  init(_ relatives: Relatives, seed: UInt64) {
    population = relatives.population
    let bits = UInt64(UInt64.bitWidth - (relatives.population - 1).leadingZeroBitCount)
    highBits = bits / 2
    lowBits = bits - bits / 2
    var stream = SplitMix64(seed: seed, domain: .family, identity: 0)
    keys = (0..<Self.rounds).map { _ in stream.next() }
    var end: UInt64 = 0
    ends = Kinship.allCases.map { kind in
      let pairs = (relatives[kind].prevalence * Double(relatives.population) / 2).rounded(.down)
      end += 2 * UInt64(pairs)
      return (end, kind)
    }
  }

  private func step(_ round: Int, _ x: UInt64) -> UInt64 {
    let low = x & ((1 << lowBits) - 1)
    let high = x >> lowBits
    if round % 2 == 0 {
      let mixed = high ^ (SplitMix64.mixed(keys[round] ^ low) & ((1 << highBits) - 1))
      return mixed << lowBits | low
    }
    return high << lowBits | (low ^ (SplitMix64.mixed(keys[round] ^ high) & ((1 << lowBits) - 1)))
  }

  /// The seat of an identity below `population`.
  func seat(of identity: UInt64) -> UInt64 {
    var x = identity
    repeat {
      for round in 0..<Self.rounds { x = step(round, x) }
    } while x >= population
    return x
  }

  /// Who sits there: the inverse of `seat`.
  func identity(at seat: UInt64) -> UInt64 {
    var x = seat
    repeat {
      for round in (0..<Self.rounds).reversed() { x = step(round, x) }
    } while x >= population
    return x
  }

  private func kind(at seat: UInt64) -> Kinship? { ends.first { seat < $0.end }?.kind }

  /// The relative of `identity`; `nil` for one who has none.
  func relative(of identity: UInt64) -> Relative? {
    guard identity < population else { return nil }
    let seat = seat(of: identity)
    return kind(at: seat).map { Relative(identity: self.identity(at: seat ^ 1), kind: $0) }
  }

  /// The anchor of which `identity` is derived; `nil` for one who is not.
  func anchor(of identity: UInt64) -> Relative? {
    guard identity < population else { return nil }
    let seat = seat(of: identity)
    guard seat & 1 == 1, let kind = kind(at: seat) else { return nil }
    return Relative(identity: self.identity(at: seat ^ 1), kind: kind)
  }
}
