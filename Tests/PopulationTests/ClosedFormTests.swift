// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Glibc
import Population
import Testing

/// Check figures of the model's specification; those of NIST are what it was calibrated to.
@Suite("Closed forms")
struct ClosedFormTests {
  private let population = Population(seed: 1)
  private static let shared = Population(seed: 1).impostors

  @Test("Strangers' cosines look Gaussian: mean .0225, deviation .0863, no excess kurtosis")
  func body() {
    let cosines = impostorCosines(population, side: 2000).map(Double.init)
    let (mean, deviation, _, kurtosis) = momentsOf(cosines)
    #expect(near(mean, 0.0225, 0.002))
    #expect(near(deviation, 0.0863, 0.001))
    #expect(near(kurtosis, 0, 0.05))
  }

  @Test("Drawn vectors have the closed form's FMR at .2888 and .35")
  func sampled() {
    let cosines = impostorCosines(population, side: 5000)
    for (threshold, tolerance) in [(0.2888, 0.05), (0.35, 0.10)] as [(Float, Double)] {
      let share = Double(cosines.lazy.filter { $0 >= threshold }.count) / Double(cosines.count)
      #expect(near(share / Self.shared.fmr(at: Double(threshold)), 1, tolerance))
    }
  }

  @Test(
    "Thresholds at a given FMR",
    arguments: [
      (1e-2, 0.2235), (1e-3, 0.2888), (1e-4, 0.3422), (1e-5, 0.3885), (1e-6, 0.4303),
      (1e-8, 0.5064),
    ])
  func thresholdOfRate(_ rate: Double, _ threshold: Double) {
    #expect(Self.shared.fmr(at: threshold - 0.0001) > rate)
    #expect(Self.shared.fmr(at: threshold + 0.0001) < rate)
  }

  @Test(
    "Thresholds at a given FPIR and gallery size",
    arguments: [
      (0.1, 10_000, 0.3783), (0.1, 1_600_000, 0.4536), (0.1, 1_300_000_000, 0.5290),
      (0.01, 100_000, 0.4606), (0.01, 12_000_000, 0.5209),
      (0.003, 10_000, 0.4478), (0.003, 100_000, 0.4820), (0.003, 640_000, 0.5068),
      (0.003, 1_600_000, 0.5182), (0.003, 3_000_000, 0.5257), (0.003, 6_000_000, 0.5338),
      (0.003, 12_000_000, 0.5416), (0.003, 100_000_000, 0.5640), (0.001, 1_600_000, 0.5370),
      // Far out the limit at typicality .8 counts. By an independent integration, 1,401 nodes a side:
      (0.003, 1_300_000_000, 0.58846), (0.0001, 12_000_000, 0.59971),
      (0.0001, 1_300_000_000, 0.64574),
    ])
  func thresholdOfSearch(_ fpir: Double, _ size: Int, _ expected: Double) {
    let threshold = Self.shared.threshold(fpir: fpir, gallerySize: size)
    #expect(near(threshold, expected, 0.0001))
    #expect(near(Self.shared.fpir(threshold: threshold, gallerySize: size), fpir, fpir * 1e-4))
  }

  @Test("One expected false match in 10,000 makes .37 alarms, not .63: hubs share them")
  func hubs() {
    var (low, high) = (0.3, 0.4)
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if Self.shared.fmr(at: middle) > 1e-4 { low = middle } else { high = middle }
    }
    #expect(near(Self.shared.fpir(threshold: low, gallerySize: 10_000), 0.37, 0.03))
  }

  @Test(
    "Rank-1 miss and FNIR at FPIR .003",
    arguments: [
      (QualityLine.c, 640_000, 0.0011, 0.0117), (.c, 1_600_000, 0.0014, 0.0170),
      (.c, 12_000_000, 0.0027, 0.0364), (.b, 12_000_000, 0.0012, 0.0137),
      (.a, 12_000_000, 0.0007, 0.0048), (.d, 12_000_000, 0.0060, 0.0719),
      (.e, 12_000_000, 0.0301, 0.1979), (.c, 1_300_000_000, 0.0127, 0.1646),
    ])
  func mated(_ line: QualityLine, _ size: Int, _ miss: Double, _ fnir: Double) {
    let threshold = Self.shared.threshold(fpir: 0.003, gallerySize: size)
    let found = Self.shared.rankOneMiss(gallerySize: size, line: line)
    #expect(near(found, miss, 0.03 * miss + 0.00005))
    let missed = Self.shared.fnir(threshold: threshold, gallerySize: size, line: line)
    #expect(near(missed, fnir, 0.03 * fnir))
  }

  @Test(
    "With Gaussian scores the same lines miss less at 1.3 billion: the band",
    arguments: [
      // As an independent integration (SciPy, splines on a grid of .01) gives them; the table of the
      // specification is off by up to .003.
      ("A", 0.03938, 0.02629), ("B", 0.09917, 0.07074), ("C", 0.16239, 0.11755),
      ("D", 0.31270, 0.22403), ("E", 0.46432, 0.38144),
    ])
  func band(_ name: String, _ gumbel: Double, _ gaussian: Double) throws {
    let size = 1_300_000_000
    let threshold = Self.shared.threshold(fpir: 0.003, gallerySize: size)
    for (shape, expected) in [(GenuineDistribution.Shape.gumbel, gumbel), (.gaussian, gaussian)] {
      let line = try #require(QualityLine.named(name, shape: shape))
      let fnir = Self.shared.fnir(threshold: threshold, gallerySize: size, line: line)
      #expect(near(fnir, expected, 0.0001))
    }
  }

  @Test("Gaussian scores fit the same NIST lines at 1.6 and 12 million")
  func gaussian() throws {
    for (name, size, expected) in [
      ("B", 1_600_000, 0.0053), ("B", 12_000_000, 0.0137), ("C", 1_600_000, 0.0169),
      ("C", 12_000_000, 0.0365), ("D", 1_600_000, 0.0346), ("D", 12_000_000, 0.0709),
    ] {
      let line = try #require(QualityLine.named(name, shape: .gaussian))
      let threshold = Self.shared.threshold(fpir: 0.003, gallerySize: size)
      let fnir = Self.shared.fnir(threshold: threshold, gallerySize: size, line: line)
      #expect(near(fnir, expected, 0.12 * expected))
    }
  }

  @Test("A threshold at an FMR is the inverse of the FMR")
  func inverse() {
    for rate in [1e-2, 1e-4, 1e-6, 1e-9] {
      let threshold = Self.shared.threshold(fmr: rate)
      #expect(near(Self.shared.fmr(at: threshold) / rate, 1, 1e-4))
    }
  }

  @Test("Kiosk at 1.6 million misses .173, a photo 15 years older at 3 million .150")
  func conditions() {
    let large = Self.shared.threshold(fpir: 0.003, gallerySize: 1_600_000)
    #expect(
      near(
        Self.shared.fnir(
          threshold: large, gallerySize: 1_600_000, line: .c, condition: .kiosk), 0.173, 0.002))
    let larger = Self.shared.threshold(fpir: 0.003, gallerySize: 3_000_000)
    for condition in [CaptureCondition.shifted(by: -0.06), .aged(years: 15)] {
      let fnir = Self.shared.fnir(
        threshold: larger, gallerySize: 3_000_000, line: .c, condition: condition)
      #expect(near(fnir, 0.150, 0.002))
    }
  }

  @Test(
    "FNIR grows with the gallery by NIST's exponents",
    arguments: [(QualityLine.b, 0.46), (.c, 0.38), (.d, 0.38)])
  func growth(_ line: QualityLine, _ exponent: Double) {
    let fnir = { (size: Int) in
      Self.shared.fnir(
        threshold: Self.shared.threshold(fpir: 0.003, gallerySize: size), gallerySize: size,
        line: line)
    }
    #expect(near(log(fnir(12_000_000) / fnir(1_600_000)) / log(12 / 1.6), exponent, 0.02))
  }

  @Test("The threshold at FPIR .003 rises by .0348 from .64 to 12 million")
  func rise() {
    let rise =
      Self.shared.threshold(fpir: 0.003, gallerySize: 12_000_000)
      - Self.shared.threshold(fpir: 0.003, gallerySize: 640_000)
    #expect(near(rise, 0.0348, 0.0003))
  }

  @Test("Thresholds, rank-1 misses and FNIR never fall as the gallery grows")
  func monotone() {
    var last = (threshold: -1.0, miss: 0.0, fnir: 0.0)
    for size in [10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 1_000_000_000] {
      let threshold = Self.shared.threshold(fpir: 0.01, gallerySize: size)
      let miss = Self.shared.rankOneMiss(gallerySize: size, line: .d)
      let fnir = Self.shared.fnir(threshold: threshold, gallerySize: size, line: .d)
      #expect(threshold > last.threshold && miss >= last.miss && fnir >= last.fnir)
      #expect(fnir >= miss)
      last = (threshold, miss, fnir)
    }
  }
}
