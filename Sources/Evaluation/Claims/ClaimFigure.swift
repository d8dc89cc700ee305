// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// Whether a claim stands.
package enum ClaimOutcome: String, Codable, CaseIterable, Hashable, Sendable {
  case pass = "PASS"
  case fail = "FAIL"
  /// Neither: what is known allows both.
  case notShown = "NOT SHOWN"
}

/// One reading of the claimed figure, for one quality line and condition: the share of mated searches
/// that find the mate, from somewhere to somewhere.
package struct ClaimFigure: Codable, Hashable, Sendable {
  /// A way to know the share.
  package struct Method: Codable, Hashable, Sendable {
    /// `gumbel` or `gaussian` (closed forms), `power-law` (through published results), `measured`.
    package let name: String
    package let found: Double
  }

  package let reading: ClaimReading
  package let line: String
  package let condition: String
  /// Cosine from which candidates count; `nil` for ranks.
  package let threshold: Double?
  /// Lowest and highest share: of the methods, or the 95 % interval of a measurement.
  package let low: Double
  package let high: Double
  package let methods: [Method]
  /// The counts behind a measured share; `nil` for a predicted one.
  package let measured: Proportion?
  /// Whether the gallery is larger than any with a measurement behind it.
  package let extrapolated: Bool
  /// `nil` where the claim has no figure.
  package private(set) var outcome: ClaimOutcome?
  /// The other reading that the outcome follows from, where it does not from the figures here.
  package private(set) var impliedBy: ClaimReading?

  init(
    _ reading: ClaimReading, line: String, condition: String, threshold: Double?,
    methods: [Method], measured: Proportion?, extrapolated: Bool, claimed: Double?
  ) {
    self.reading = reading
    self.line = line
    self.condition = condition
    self.threshold = threshold
    self.methods = methods
    self.measured = measured
    self.extrapolated = extrapolated
    let interval =
      measured?.interval
      ?? (methods.map(\.found).min() ?? 0)...(methods.map(\.found).max() ?? 1)
    (low, high) = (interval.lowerBound, interval.upperBound)
    outcome = claimed.map { claimed in
      // Where nothing was ever measured, one extrapolation has nothing that speaks for it.
      if measured == nil, extrapolated, methods.count < 2 { return .notShown }
      return interval.lowerBound >= claimed
        ? .pass : interval.upperBound < claimed ? .fail : .notShown
    }
  }
}

extension ClaimFigure {
  /// Whoever is found by one reading is found by every laxer one. So what passes a stricter reading
  /// passes, and what fails a laxer one fails, even where the figures here do not show it.
  private static func implied(_ figures: [ClaimFigure]) -> [ClaimFigure] {
    let alike = Dictionary(grouping: figures) { [$0.line, $0.condition] }
    return figures.map { figure in
      guard figure.outcome == .notShown else { return figure }
      let others = alike[[figure.line, figure.condition]] ?? []
      var figure = figure
      if let stricter = others.first(where: {
        $0.outcome == .pass && $0.reading.strictness > figure.reading.strictness
      }) {
        (figure.outcome, figure.impliedBy) = (.pass, stricter.reading)
      } else if let laxer = others.first(where: {
        $0.outcome == .fail && $0.reading.strictness < figure.reading.strictness
      }) {
        (figure.outcome, figure.impliedBy) = (.fail, laxer.reading)
      }
      return figure
    }
  }

  /// All figures of a claim: readings by conditions by lines. Some seconds for 1e9 templates.
  static func all(
    of claim: Claim, model: ImpostorModel, measurements: [ClaimMeasurement]
  ) -> [ClaimFigure] {
    guard let size = claim.gallerySize else { return [] }
    let largest = measurements.map(\.gallerySize).max() ?? 0
    let known = max(ThresholdTable.measuredSize, largest)
    var figures: [ClaimFigure] = []
    for reading in claim.readings {
      var threshold: Double?
      if case .tpir(let fpir) = reading {
        threshold = model.threshold(fpir: fpir, gallerySize: size)
      }
      for condition in claim.conditions {
        guard let capture = CaptureCondition(condition) else { continue }
        for line in claim.lines {
          let measured = measurements.last {
            $0.reading == reading && $0.line == line && $0.supports(size)
              && CaptureCondition($0.condition) == capture
          }?.found
          var methods = predictions(
            reading, line: line, capture, size: size, threshold: threshold, model)
          if let rate = measured?.rate {
            methods.append(Method(name: "measured", found: rate))
          }
          figures.append(
            ClaimFigure(
              reading, line: line, condition: condition, threshold: threshold, methods: methods,
              measured: measured, extrapolated: size > known, claimed: claim.accuracy))
        }
      }
    }
    return implied(figures)
  }

  private static func predictions(
    _ reading: ClaimReading, line: String, _ condition: CaptureCondition, size: Int,
    threshold: Double?, _ model: ImpostorModel
  ) -> [Method] {
    var methods = GenuineDistribution.Shape.allCases.compactMap { shape -> Method? in
      guard let quality = QualityLine.named(line, shape: shape) else { return nil }
      // Unconstrained photos have one shape, whatever the line's.
      guard condition.genuine(quality).shape == shape else { return nil }
      let miss =
        switch reading {
        case .rank(let rank):
          model.rankMiss(rank, gallerySize: size, line: quality, condition: condition)
        case .tpir:
          model.fnir(
            threshold: threshold ?? 1, gallerySize: size, line: quality, condition: condition)
        }
      return Method(name: shape.rawValue, found: 1 - miss)
    }
    if condition == .enrolment,
      let miss = published(reading, line, size)
    {
      methods.append(Method(name: "power-law", found: 1 - miss))
    }
    return methods
  }
}

/// The miss rate by the power law through what NIST published; `nil` for readings that it did not
/// publish, and below the sizes it did.
private func published(_ reading: ClaimReading, _ line: String, _ size: Int) -> Double? {
  switch reading {
  case .rank(1): PublishedLine.named(line)?.rankOneMiss(size)
  case .tpir(PublishedLine.fpir): PublishedLine.named(line)?.fnir(size)
  default: nil
  }
}
