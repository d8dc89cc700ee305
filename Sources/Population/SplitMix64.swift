// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): small, fast, and seekable, since its
/// state is a counter.
///
/// Streams of the population are keyed by seed, domain and identity, so that any template can be drawn
/// on its own. Not for secrets.
package struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  /// What a stream is for; streams of different domains are unrelated. Values are part of the format.
  package struct Domain: Hashable, Sendable {
    package let number: UInt64
    package static let identity = Domain(number: 1)
    package static let capture = Domain(number: 2)
    /// Keys of the bijection that seats families.
    package static let family = Domain(number: 3)
    /// How alike a person is to the relative it is derived from.
    package static let likeness = Domain(number: 4)
    /// In which demographic cell somebody is.
    package static let cell = Domain(number: 5)
    /// The directions of the cells, by number.
    package static let cellCentre = Domain(number: 6)

    package init(number: UInt64) { self.number = number }
  }

  package private(set) var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// The stream of one identity in one domain.
  ///
  /// Each key is mixed in by a bijection, so two identities never share a start. All streams lie on one
  /// cycle of 2^64: at 10^9 identities a handful of pairs overlap, shifted by some words, so that one's
  /// signs are another's magnitudes; nothing measurable follows from it.
  package init(seed: UInt64, domain: Domain, identity: UInt64) {
    state = Self.mixed(Self.mixed(Self.mixed(seed) ^ domain.number) ^ identity)
  }

  /// The stream of one draw of one identity.
  package init(seed: UInt64, domain: Domain, identity: UInt64, draw: UInt64) {
    let start = SplitMix64(seed: seed, domain: domain, identity: identity).state
    state = Self.mixed(start ^ draw)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The first output of the generator seeded with `x`: a bijection of 64 bits.
  package static func mixed(_ x: UInt64) -> UInt64 {
    var generator = SplitMix64(seed: x)
    return generator.next()
  }
}
