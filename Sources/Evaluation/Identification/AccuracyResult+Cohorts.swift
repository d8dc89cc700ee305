// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Matching
package import Population

extension AccuracyResult {
  /// Errors of some of the people: of one demographic cell, or of those with a relative in the gallery.
  /// Cells stand for nobody in particular, and differences between them say nothing about a real
  /// recogniser; they show what a threshold that all share does to groups of different sizes.
  package struct Cohort: Codable, Hashable, Sendable {
    package enum Basis: String, Codable, Hashable, Sendable {
      case cell, relative
    }

    package var basis: Basis
    /// `cell-01` from the largest on; a kind of relative; `none` for those with no relative enrolled.
    package var name: String
    package var mated: Int
    package var nonMated: Int
    package var rankOneMiss: Rate
    /// For each FPIR of the point, at its threshold.
    package var operating: [CohortPoint]
  }

  /// A cohort's errors at a threshold that was set for all people together.
  package struct CohortPoint: Codable, Hashable, Sendable {
    package var targetFpir: Double
    package var threshold: Float
    package var fnir: Rate
    /// Mated searches of the cohort in which somebody else came first, at the threshold or above.
    package var namedAnother: Rate
    /// Of the cohort's non-mated searches; without trials where it has none.
    package var fpir: Rate
  }

  /// Searches of people who are not enrolled and whose relative is.
  package struct Kin: Codable, Hashable, Sendable {
    package var kind: Kinship
    package var searches: Int
    package var operating: [KinPoint]
  }

  package struct KinPoint: Codable, Hashable, Sendable {
    package var targetFpir: Double
    package var threshold: Float
    /// Searches with any candidate at the threshold or above.
    package var alarms: Rate
    /// Searches that name the relative, first and at the threshold or above.
    package var namedRelative: Rate
    /// The closed form's probability that the relative scores the threshold.
    package var expected: Double
  }
}

extension AccuracyResult.Cohort {
  /// The cohorts of a point's outcomes: by cell where the population has cells, by relative enrolled where
  /// it has relatives. Groups nobody is in are left out. O(searches).
  static func all(
    _ outcomes: [SearchOutcome], population: Population, gallerySize: Int, room: Int,
    operating: [(target: Double, threshold: Float)]
  ) -> [AccuracyResult.Cohort] {
    var cohorts: [AccuracyResult.Cohort] = []
    if let cells = population.description.cells {
      let groups = Dictionary(grouping: outcomes) { population.cell(of: $0.subject) ?? 0 }
      for cell in groups.keys.sorted() {
        cohorts.append(.init(.cell, cells.name(of: cell), groups[cell] ?? [], room, operating))
      }
    }
    guard population.description.relatives != nil else { return cohorts }
    let groups = Dictionary(grouping: outcomes.filter(\.isMated)) { outcome in
      population.relatives(of: outcome.subject).first { $0.identity < UInt64(gallerySize) }?.kind
    }
    for kind in Kinship.allCases where groups[kind] != nil {
      cohorts.append(.init(.relative, kind.rawValue, groups[kind] ?? [], room, operating))
    }
    return cohorts + [.init(.relative, "none", groups[nil] ?? [], room, operating)]
  }

  private init(
    _ basis: Basis, _ name: String, _ outcomes: [SearchOutcome], _ room: Int,
    _ operating: [(target: Double, threshold: Float)]
  ) {
    let sample = SearchSample(outcomes, room: room)
    self.basis = basis
    self.name = name
    mated = sample.mated
    nonMated = sample.nonMated
    rankOneMiss = .init(sample.misses(beyond: 1), of: sample.mated)
    self.operating = operating.map { target, threshold in
      let another = outcomes.count { outcome in
        guard outcome.isMated, !outcome.failed, let first = outcome.candidates.first else {
          return false
        }
        return first.subject != outcome.subject && first.score >= threshold
      }
      return AccuracyResult.CohortPoint(
        targetFpir: target, threshold: threshold,
        fnir: .init(sample.misses(at: threshold), of: sample.mated),
        namedAnother: .init(another, of: sample.mated),
        fpir: .init(sample.alarms(at: threshold), of: sample.nonMated))
    }
  }
}
