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
