// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Population
internal import Synchronization

/// What the closed form expects of labelled searches.
///
/// A failed capture is not searched, so of f non-mated searches asked to alarm at most f / (1 - failures)
/// of those searched may: thresholds are the model's at that rate.
final class AccuracyForecast: Sendable {
  private struct Key: Hashable {
    let fpir: Double
    let size: Int
  }

  /// Sizes that a forecast covers beside those measured; 12 million is the last with data behind it.
  static let sizes = [
    10_000, 100_000, 1_000_000, 1_600_000, 12_000_000, 100_000_000, 1_300_000_000,
  ]

  private let model: ImpostorModel
  private let thresholds = Mutex<[Key: Double]>([:])
  private let independent = Mutex<[Key: Double]>([:])

  init(_ population: Population) { model = population.impostors }

  /// The threshold for `fpir` of all non-mated searches, of which a share `failureRate` is not searched.
  func threshold(fpir: Double, gallerySize: Int, failureRate: Double) -> Double {
    let rate = fpir / (1 - failureRate)
    guard rate < 1 else { return -1 }
    return kept(thresholds, Key(fpir: rate, size: gallerySize)) {
      model.threshold(fpir: rate, gallerySize: gallerySize)
    }
  }

  /// The threshold by J. Daugman's `1 - (1 - FMR)^N`, which takes all comparisons for independent.
  func independenceThreshold(fpir: Double, gallerySize: Int) -> Double {
    kept(independent, Key(fpir: fpir, size: gallerySize)) {
      model.threshold(fmr: -expm1(log1p(-fpir) / Double(gallerySize)))
    }
  }

  func independenceFPIR(threshold: Double, gallerySize: Int) -> Double {
    -expm1(Double(gallerySize) * log1p(-model.fmr(at: threshold)))
  }

  private func kept(
    _ cache: borrowing Mutex<[Key: Double]>, _ key: Key, _ compute: () -> Double
  ) -> Double {
    if let known = cache.withLock({ $0[key] }) { return known }
    // Outside the lock: two callers may compute the same, and get the same.
    let value = compute()
    cache.withLock { $0[key] = value }
    return value
  }

  /// Rank-1 miss under both shapes and by the power law.
  func rankOneMiss(
    _ size: Int, _ line: QualityLine, _ condition: CaptureCondition
  ) -> AccuracyResult.Band {
    band(line) { model.rankOneMiss(gallerySize: size, line: $0, condition: condition) }
      .with(condition == .enrolment ? PublishedLine.named(line.name)?.rankOneMiss(size) : nil)
  }

  /// FNIR (R = 1) at the threshold expected for `fpir`, under both shapes and by the power law.
  func fnir(
    fpir: Double, _ size: Int, _ line: QualityLine, _ condition: CaptureCondition
  ) -> AccuracyResult.Band {
    band(line) { line in
      let failureRate = condition.genuine(line).failureRate
      return model.fnir(
        threshold: threshold(fpir: fpir, gallerySize: size, failureRate: failureRate),
        gallerySize: size, line: line, condition: condition)
    }
    .with(
      condition == .enrolment && fpir == PublishedLine.fpir
        ? PublishedLine.named(line.name)?.fnir(size) : nil)
  }

  private func band(_ line: QualityLine, _ rate: (QualityLine) -> Double) -> AccuracyResult.Band {
    let other = line.with(line.genuine.shape == .gumbel ? .gaussian : .gumbel)
    return AccuracyResult.Band(expected: rate(line), otherShape: other.map(rate), powerLaw: nil)
  }

  /// All of a line and condition at a gallery size.
  func outlook(
    _ size: Int, _ line: QualityLine, _ condition: CaptureCondition, fpir: [Double],
    largestMeasured: Int
  ) -> AccuracyResult.Outlook {
    AccuracyResult.Outlook(
      gallerySize: size, line: line.name, shape: line.genuine.shape.rawValue,
      condition: condition.description, rankOneMiss: rankOneMiss(size, line, condition),
      operating: fpir.map { rate in
        AccuracyResult.OutlookAtFpir(
          fpir: rate,
          threshold: threshold(
            fpir: rate, gallerySize: size, failureRate: condition.genuine(line).failureRate),
          fnir: fnir(fpir: rate, size, line, condition),
          independenceThreshold: independenceThreshold(fpir: rate, gallerySize: size))
      },
      extrapolated: size > largestMeasured,
      beyondModelData: size > ThresholdTable.measuredSize)
  }
}

extension AccuracyResult.Band {
  fileprivate func with(_ powerLaw: Double?) -> Self {
    var band = self
    band.powerLaw = powerLaw
    return band
  }
}

/// What NIST published of the algorithm that a line is fitted to: single-image mugshots, FRTE 1:N edition
/// with submissions up to 2025-11-28, at 1.6 and 12 million.
package struct PublishedLine: Hashable, Sendable {
  package static let sizes = (small: 1_600_000, large: 12_000_000)
  package static let fpir = 0.003

  package let name: String
  package let rankOneMiss: (small: Double, large: Double)
  package let fnir: (small: Double, large: Double)

  private init(_ name: String, _ rankOne: (Double, Double), _ fnir: (Double, Double)) {
    self.name = name
    rankOneMiss = rankOne
    self.fnir = fnir
  }

  package static let all = [
    PublishedLine("A0", (0.0011, 0.0013), (0.0013, 0.0018)),
    PublishedLine("A", (0.0005, 0.0008), (0.0019, 0.0048)),
    PublishedLine("B", (0.0009, 0.0013), (0.0053, 0.0137)),
    PublishedLine("C", (0.0014, 0.0027), (0.0169, 0.0365)),
    PublishedLine("D", (0.0036, 0.0058), (0.0346, 0.0709)),
    PublishedLine("E", (0.0173, 0.0298), (0.1264, 0.1948)),
  ]

  package static func named(_ name: String) -> PublishedLine? { all.first { $0.name == name } }

  /// The power law through both sizes, upwards from the smaller; at most 1.
  package func rankOneMiss(_ size: Int) -> Double? { Self.powerLaw(rankOneMiss, size) }
  package func fnir(_ size: Int) -> Double? { Self.powerLaw(fnir, size) }

  private static func powerLaw(_ values: (small: Double, large: Double), _ size: Int) -> Double? {
    guard size >= sizes.small else { return nil }
    let exponent =
      log(values.large / values.small) / log(Double(sizes.large) / Double(sizes.small))
    return min(1, values.small * pow(Double(size) / Double(sizes.small), exponent))
  }

  package static func == (a: PublishedLine, b: PublishedLine) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
