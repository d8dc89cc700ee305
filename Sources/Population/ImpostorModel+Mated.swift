// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

// Mated searches: the mate's score against the best of the others. A probe has its identity's
// typicality, so the best stranger exceeds g with the probability FPIR(g) of a non-mated search.
extension ImpostorModel {
  /// Probability that a search of an enrolled person among `gallerySize` templates does not return the
  /// mate first; failed captures always miss.
  ///
  /// The first call for a population fills some 100 grid rows (about 0.15 s); later ones take
  /// milliseconds.
  package func rankOneMiss(
    gallerySize: Int, line: QualityLine, condition: CaptureCondition = .enrolment
  ) -> Double {
    rankMiss(1, gallerySize: gallerySize, line: line, condition: condition)
  }

  /// Probability that a search of an enrolled person among `gallerySize` templates does not return the
  /// mate among the first `rank` candidates, because that many strangers score higher.
  ///
  /// Given the probe's typicality and the mate's score, strangers above it are binomial; that is
  /// integrated over both. Cost as for `rankOneMiss`, times some ten for higher ranks.
  package func rankMiss(
    _ rank: Int, gallerySize: Int, line: QualityLine, condition: CaptureCondition = .enrolment
  ) -> Double {
    precondition(rank >= 1, "ranks count from 1")
    let genuine = condition.genuine(line)
    let overtaken = overtaken(above: -1, gallerySize: gallerySize, rank: rank, genuine)
    return genuine.failureRate + (1 - genuine.failureRate) * overtaken
  }

  /// Probability that a mated search names somebody else: that its first candidate is a stranger at
  /// `threshold` or above. Cost as for `rankOneMiss`.
  package func misnaming(
    threshold: Double, gallerySize: Int, line: QualityLine,
    condition: CaptureCondition = .enrolment
  ) -> Double {
    let genuine = condition.genuine(line)
    guard gallerySize > 1 else { return 0 }
    // A stranger passes; the mate failed, or is below the threshold, or above it and overtaken.
    let alarm = fpir(threshold: threshold, gallerySize: gallerySize - 1)
    let captured =
      genuine.cumulative(threshold) * alarm
      + overtaken(above: threshold, gallerySize: gallerySize, rank: 1, genuine)
    return genuine.failureRate * alarm + (1 - genuine.failureRate) * captured
  }

  /// FNIR(N, T) counted at rank 1: probability that a mated search does not return the mate first and
  /// at `threshold` or above. Cost as for `rankOneMiss`.
  package func fnir(
    threshold: Double, gallerySize: Int, line: QualityLine,
    condition: CaptureCondition = .enrolment
  ) -> Double {
    let genuine = condition.genuine(line)
    let missed =
      genuine.cumulative(threshold)
      + overtaken(above: threshold, gallerySize: gallerySize, rank: 1, genuine)
    return genuine.failureRate + (1 - genuine.failureRate) * missed
  }

  /// The integral over genuine scores g at `threshold` or above of the probability that `rank` strangers
  /// or more reach g, which is FPIR(g) for 1: Simpson on steps of a tenth of the genuine scale, its
  /// logarithm interpolated by cubics on the grid.
  private func overtaken(
    above threshold: Double, gallerySize: Int, rank: Int, _ genuine: GenuineDistribution
  ) -> Double {
    let low = max(threshold, genuine.support.lowerBound, -0.96)
    let high = min(genuine.support.upperBound, 0.96)
    // Left of `low` next to nothing is genuine, and right of `high` no stranger scores.
    guard low < high, gallerySize > rank else { return 0 }
    let first = Int((low / Self.gridStep).rounded(.down)) - 1
    let last = Int((high / Self.gridStep).rounded(.up)) + 2
    let rates = gridRates(
      from: first, through: last, gallerySize: gallerySize - 1, count: rank)
    let logarithms = rates.map { log(max($0, 1e-300)) }
    let integrand = { (g: Double) -> Double in
      let position = g / Self.gridStep - Double(first)
      let cell = min(max(Int(position), 1), logarithms.count - 3)
      let t = position - Double(cell)
      let (a, b) = (logarithms[cell - 1], logarithms[cell])
      let (c, d) = (logarithms[cell + 1], logarithms[cell + 2])
      let inner = (1 - t) * b + t * c
      let bend = (2 - t) * (a - 2 * b + c) + (1 + t) * (b - 2 * c + d)
      return exp(min(inner - t * (1 - t) * bend / 6, 0)) * genuine.density(g)
    }
    let steps = 2 * max(1, Int(((high - low) / (0.2 * genuine.scale)).rounded(.up)))
    let width = (high - low) / Double(steps)
    var sum = integrand(low) + integrand(high)
    for i in 1..<steps { sum += (i % 2 == 1 ? 4 : 2) * integrand(low + Double(i) * width) }
    return sum * width / 3
  }
}
