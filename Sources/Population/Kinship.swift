// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How two people are related.
package enum Kinship: String, Codable, CaseIterable, Hashable, Sendable {
  // The order of the blocks of families, so part of the format.
  case identicalTwin
  case sameSexTwin
  case differentSexTwin
  case sibling
}

/// Somebody related to somebody.
package struct Relative: Hashable, Sendable {
  package let identity: UInt64
  package let kind: Kinship

  package init(identity: UInt64, kind: Kinship) {
    self.identity = identity
    self.kind = kind
  }
}

/// Which relatives people have, and how alike those are.
///
/// A nation of `population` people, identities `0 ..< population`; a gallery of the first N has
/// *coverage* N / population. Families are pairs, scattered over the nation, so a relative of somebody
/// in the gallery is there too with the probability of the coverage. Nobody has more than one.
package struct Relatives: Codable, Hashable, Sendable {
  package struct Degree: Codable, Hashable, Sendable {
    /// Share of people who have a relative of this kind.
    package var prevalence: Double
    /// Mean of the cosine of the two directions.
    package var mean: Double

    package init(prevalence: Double, mean: Double) {
      self.prevalence = prevalence
      self.mean = mean
    }
  }

  /// People of the nation: identities `0 ..< population`. Others have no relatives.
  package var population: UInt64
  package var identicalTwin: Degree
  package var sameSexTwin: Degree
  package var differentSexTwin: Degree
  package var sibling: Degree
  /// Standard deviation of the cosine about its mean; draws are clipped to +-.99.
  package var deviation = 0.10

  /// Prevalences are shares of people; the defaults are the order of magnitude seen in births (about
  /// .75 % of people with an identical twin, twice that with a fraternal one), and one sibling for half
  /// of the people. No measurement supports them further.
  package init(
    population: UInt64, identicalTwins: Double = 0.0075, sameSexTwins: Double = 0.0075,
    differentSexTwins: Double = 0.0075, siblings: Double = 0.5
  ) {
    self.population = population
    identicalTwin = Degree(prevalence: identicalTwins, mean: 0.76)
    sameSexTwin = Degree(prevalence: sameSexTwins, mean: 0.61)
    differentSexTwin = Degree(prevalence: differentSexTwins, mean: 0.24)
    sibling = Degree(prevalence: siblings, mean: 0.45)
  }

  package subscript(kind: Kinship) -> Degree {
    switch kind {
    case .identicalTwin: identicalTwin
    case .sameSexTwin: sameSexTwin
    case .differentSexTwin: differentSexTwin
    case .sibling: sibling
    }
  }

  /// Share of the nation that a gallery of its first `gallerySize` people holds.
  package func coverage(gallerySize: Int) -> Double {
    min(1, Double(gallerySize) / Double(population))
  }

  func check() throws(PopulationError) {
    guard population >= 2, population <= Population.firstStranger else {
      throw PopulationError(
        .badParameter, "a nation has from 2 to 2^40 people, not \(population)")
    }
    let degrees = Kinship.allCases.map { self[$0] }
    guard
      degrees.allSatisfy({ (0...1).contains($0.prevalence) && (-0.95...0.95).contains($0.mean) }),
      degrees.reduce(0, { $0 + $1.prevalence }) <= 1, deviation >= 0, deviation <= 1
    else {
      throw PopulationError(
        .badParameter,
        "relatives need prevalences from 0 to 1 that add up to 1 at most (nobody has two), mean "
          + "cosines from -.95 to .95 and a deviation from 0 to 1")
    }
  }

  /// The lines that a description's canonical text gets.
  var canonicalText: String {
    var text = "relatives-population=\(population)\nrelatives-deviation=\(deviation)\n"
    for kind in Kinship.allCases {
      text += "relatives-\(kind.rawValue)=\(self[kind].prevalence),\(self[kind].mean)\n"
    }
    return text
  }
}
