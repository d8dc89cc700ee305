// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Population

/// What the model's closed forms say of a gallery size and a false positive identification rate.
package struct ThresholdTable: Codable, Hashable, Sendable {
  /// A rate under both shapes of genuine scores, which the data behind the model cannot tell apart.
  package struct Band: Codable, Hashable, Sendable {
    package let gumbel: Double
    /// `nil` where the line has no Gaussian fit.
    package let gaussian: Double?
  }

  package struct Row: Codable, Hashable, Sendable {
    package let line: String
    package let rankOneMiss: Band
    package let fnir: Band
  }

  /// What relatives of one kind add to FPIR.
  package struct Addition: Codable, Hashable, Sendable {
    package let kind: Kinship
    /// Share of people who have such a relative in the gallery.
    package let share: Double
    /// Probability that the relative's score reaches the threshold.
    package let passing: Double
    package let fpir: Double
  }

  /// The largest gallery with a measurement behind the model.
  package static let measuredSize = 12_000_000

  package let gallerySize: Int
  package let fpir: Double
  package let threshold: Double
  /// FMR of two random strangers at the threshold.
  package let fmr: Double
  package let condition: String
  package let rows: [Row]
  /// The line whose captures meet relatives: the one asked for, or the default.
  package let relativesLine: String
  /// Empty where no nation was given.
  package let relatives: [Addition]
  /// Whether the gallery is larger than any measured.
  package let extrapolated: Bool

  /// Computes the table, in some tenths of a second; twice that with `relatives`.
  package init(
    _ model: ImpostorModel, gallerySize: Int, fpir: Double, lines: [QualityLine],
    condition: CaptureCondition, relatives: Relatives? = nil
  ) {
    self.gallerySize = gallerySize
    self.fpir = fpir
    self.condition = condition.description
    extrapolated = gallerySize > Self.measuredSize
    let threshold = model.threshold(fpir: fpir, gallerySize: gallerySize)
    self.threshold = threshold
    fmr = model.fmr(at: threshold)
    rows = lines.map { line in
      let band = { (rate: (QualityLine) -> Double) in
        Band(gumbel: rate(line), gaussian: line.with(.gaussian).map(rate))
      }
      return Row(
        line: line.name,
        rankOneMiss: band {
          model.rankOneMiss(gallerySize: gallerySize, line: $0, condition: condition)
        },
        fnir: band {
          model.fnir(
            threshold: threshold, gallerySize: gallerySize, line: $0, condition: condition)
        })
    }
    let captured = lines.count == 1 ? lines[0] : .default
    relativesLine = captured.name
    self.relatives =
      relatives.map { relatives in
        Kinship.allCases.map { kind in
          let share = relatives[kind].prevalence * relatives.coverage(gallerySize: gallerySize)
          let passing = model.relativeScoreRate(
            threshold: threshold, kind: kind, relatives: relatives, line: captured,
            condition: condition)
          return Addition(kind: kind, share: share, passing: passing, fpir: share * passing)
        }
      } ?? []
  }
}
