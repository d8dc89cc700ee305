// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import Population

/// What is to be said about a claim: the object that `sightline claim --json` prints, with the keys in
/// snake case. Its schema is `Schemas/claim-verdict.v1.schema.json`.
package struct ClaimVerdict: Codable, Hashable, Sendable {
  /// How many figures have which outcome.
  package struct Tally: Codable, Hashable, Sendable {
    package let pass: Int
    package let fail: Int
    package let notShown: Int

    package var all: Int { pass + fail + notShown }

    package init(_ figures: some Sequence<ClaimFigure>) {
      let outcomes = figures.compactMap(\.outcome)
      pass = outcomes.count { $0 == .pass }
      fail = outcomes.count { $0 == .fail }
      notShown = outcomes.count { $0 == .notShown }
    }

    /// All of them, or nothing is shown.
    package var outcome: ClaimOutcome? {
      all == 0 ? nil : pass == all ? .pass : fail == all ? .fail : .notShown
    }
  }

  /// What the figures are reckoned with.
  package struct Model: Codable, Hashable, Sendable {
    package let seed: UInt64
    package let digest: String
    /// The largest gallery with a measurement behind it.
    package let measuredSize: Int
  }

  package static let currentVersion = 1

  package let version: Int
  /// Always true: no real person is in any of this.
  package let simulated: Bool
  package let claim: Claim
  /// Over the figures that the claim may mean; `nil` where it has no figure.
  package let outcome: ClaimOutcome?
  package let tally: Tally
  package let model: Model
  /// Whether the gallery is larger than any measured.
  package let extrapolated: Bool
  package let figures: [ClaimFigure]
  /// `nil` without speeds, or without a gallery.
  package let effort: ClaimEffort?
  package let people: [ClaimPeople]
  /// `nil` where nothing was observed.
  package let record: ClaimRecord?

  /// Reckons the verdict; some seconds for all readings, lines and conditions.
  ///
  /// - Throws: `badClaim` for a claim that contradicts itself.
  package init(
    _ claim: Claim, population: Population = Population(seed: 1), speed: ClaimSpeed? = nil,
    measurements: [ClaimMeasurement] = []
  ) throws(EvaluationError) {
    try claim.check()
    let model = population.impostors
    // What is claimed of fingerprints is not for a model of faces to judge.
    let ofFaces = claim.observed?.trait != .other
    version = Self.currentVersion
    simulated = true
    self.claim = claim
    figures =
      ofFaces ? ClaimFigure.all(of: claim, model: model, measurements: measurements) : []
    // Where the claim says how its figure is to be read, the other readings are beside the point.
    tally = Tally(figures.filter { claim.reading == nil || $0.reading == claim.reading })
    outcome = tally.outcome
    let measuredSize = max(
      ThresholdTable.measuredSize, measurements.map(\.gallerySize).max() ?? 0)
    self.model = Model(
      seed: population.description.seed, digest: population.digest.hex, measuredSize: measuredSize)
    extrapolated = (claim.gallerySize ?? 0) > measuredSize
    effort = ofFaces ? speed.flatMap { ClaimEffort(claim, speed: $0) } : nil
    people = ofFaces && claim.gallerySize != nil ? ClaimPeople.all(of: claim, model: model) : []
    record = claim.observed.map { ClaimRecord($0, of: claim, model: model) }
  }
}
