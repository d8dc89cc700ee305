// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// What a claim means for those who pass the cameras, at one threshold: wrong names, people found and
/// people missed. Closed forms of the population, without relatives; what identical twins add stands
/// beside.
package struct ClaimPeople: Codable, Hashable, Sendable {
  /// From somewhere to somewhere: as the shapes of genuine scores have it.
  package struct Band: Codable, Hashable, Sendable {
    package let low: Double
    package let high: Double

    init(_ values: [Double]) {
      low = values.min() ?? 0
      high = values.max() ?? 0
    }
  }

  /// What a number of cameras makes of it in a day.
  package struct Day: Codable, Hashable, Sendable {
    package let cameras: Int
    package let faces: Double
    /// Searches that name the wrong person first.
    package let wrong: Band
    /// Searches that name the right one.
    package let right: Band
    package let wrongPerCamera: Band
    /// `nil` where nobody is found.
    package let wrongPerRight: Band?
    /// Wrong names among all faces searched, and among all alerts: the two denominators.
    package let wrongPerFace: Band
    package let wrongPerAlert: Band?
    /// Searches that bring up the searched person's identical twin.
    /// `nil` where the claim does not say which part of a population is enrolled.
    package let twins: Double?
  }

  package let fpir: Double
  package let threshold: Double
  package let line: String
  package let condition: String
  /// Of 100 people in the gallery who pass, those who are not named.
  package let missedPer100: Band
  /// Share of people with an identical twin in the gallery for whom a search brings up the twin.
  package let twinPasses: Double
  /// What twins alone add to FPIR; `nil` where the claim does not say which part of a population is
  /// enrolled.
  package let twinFPIR: Double?
  package let days: [Day]

  /// Rows by FPIR and condition, for one line: the claim's, if it has one, otherwise the default.
  static func all(of claim: Claim, model: ImpostorModel) -> [ClaimPeople] {
    guard let size = claim.gallerySize else { return [] }
    let line = claim.lines.count == 1 ? claim.lines[0] : QualityLine.default.name
    let relatives = Relatives(
      population: UInt64(max(2, claim.population ?? size)))
    var fpirs = claim.fpirs
    if case .tpir(let own) = claim.reading, !fpirs.contains(own) { fpirs.append(own) }
    return fpirs.flatMap { fpir in
      let threshold = model.threshold(fpir: fpir, gallerySize: size)
      return claim.conditions.compactMap { name -> ClaimPeople? in
        guard let condition = CaptureCondition(name) else { return nil }
        return ClaimPeople(
          claim, size: size, fpir: fpir, threshold: threshold, line: line, condition, relatives,
          model)
      }
    }
  }

  private init(
    _ claim: Claim, size: Int, fpir: Double, threshold: Double, line: String,
    _ condition: CaptureCondition, _ relatives: Relatives, _ model: ImpostorModel
  ) {
    self.fpir = fpir
    self.threshold = threshold
    self.line = line
    self.condition = condition.description
    let lines = GenuineDistribution.Shape.allCases.compactMap {
      QualityLine.named(line, shape: $0)
    }
    let misses = lines.map {
      model.fnir(threshold: threshold, gallerySize: size, line: $0, condition: condition)
    }
    let misnamed = lines.map {
      model.misnaming(threshold: threshold, gallerySize: size, line: $0, condition: condition)
    }
    missedPer100 = Band(misses.map { 100 * $0 })
    // Of the line's first shape: the specification's figures are of that one.
    let passes = model.relativeScoreRate(
      threshold: threshold, kind: .identicalTwin, relatives: relatives, line: lines[0],
      condition: condition)
    twinPasses = passes
    let added = claim.population.map { _ in
      passes * relatives[.identicalTwin].prevalence * relatives.coverage(gallerySize: size)
    }
    twinFPIR = added
    let mated = claim.matedShare ?? 0
    days = zip(claim.cameras, claim.facesPerDay).map { cameras, faces in
      let wrong = misnamed.map { faces * ((1 - mated) * fpir + mated * $0) }
      let right = misses.map { faces * mated * (1 - $0) }
      let pairs = zip(wrong, right)
      let found = right.allSatisfy { $0 > 0 }
      return Day(
        cameras: cameras, faces: faces, wrong: Band(wrong), right: Band(right),
        wrongPerCamera: Band(wrong.map { $0 / Double(max(cameras, 1)) }),
        wrongPerRight: found ? Band(pairs.map { $0 / $1 }) : nil,
        wrongPerFace: Band(wrong.map { $0 / max(faces, 1) }),
        wrongPerAlert: faces > 0 ? Band(pairs.map { $0 / ($0 + $1) }) : nil,
        twins: added.map { faces * $0 })
    }
  }
}
