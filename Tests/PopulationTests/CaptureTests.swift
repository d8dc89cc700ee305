// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Population
import Testing

@Suite("Captures")
struct CaptureTests {
  private let population = Population(seed: 1)

  @Test("A capture is a unit vector at the cosine intended")
  func cosine() throws {
    for condition in [CaptureCondition.enrolment, .kiosk, .aged(years: 12), .unconstrained] {
      for identity in 0..<200 as Range<UInt64> {
        let capture = population.capture(identity, .c, condition, draw: identity)
        #expect(near(dot(capture.row, capture.row).squareRoot(), 1, 1e-6))
        guard let cosine = capture.cosine else { continue }
        #expect(cosine <= 1 + 1e-7)
        #expect(near(dot(capture.row, population.template(identity)), cosine, 1e-6))
      }
    }
  }

  @Test("Captures are reproducible, and another draw is another capture")
  func draws() {
    #expect(population.capture(3, .c, draw: 1).row == population.capture(3, .c, draw: 1).row)
    #expect(population.capture(3, .c, draw: 1).row != population.capture(3, .c, draw: 2).row)
    #expect(population.capture(3, .c, draw: 1).row != population.capture(4, .c, draw: 1).row)
  }

  @Test("Genuine scores of line C have mean .623, deviation .038 and skew -1.14")
  func moments() {
    let scores = (0..<20_000).compactMap { population.capture($0, .c).cosine }
    let (mean, deviation, skew, _) = momentsOf(scores)
    #expect(near(mean, 0.623, 0.001))
    #expect(near(deviation, 0.038, 0.001))
    #expect(near(skew, -1.14, 0.1))
  }

  @Test("The lower tail of genuine scores is exponential")
  func tail() {
    let never = QualityLine(
      name: "C without failures",
      genuine: GenuineDistribution(mode: 0.640, scale: 0.0297, failureRate: 0))
    let scores = (0..<100_000).compactMap { population.capture($0, never).cosine }.sorted()
    #expect(scores.count == 100_000)
    let slope = 3.4012 / (scores[3000] - scores[100])  // ln 30
    #expect(near(slope, 33.7, 33.7 * 0.08))
  }

  @Test("Four captures in a hundred fail at the kiosk, and then show somebody else")
  func failures() {
    var failed = 0
    var sum = 0.0
    for identity in 0..<20_000 as Range<UInt64> {
      let capture = population.capture(identity, .c, .kiosk)
      guard capture.cosine == nil else { continue }
      failed += 1
      sum += dot(capture.row, population.template(identity))
    }
    #expect(near(Double(failed), 800, 85))
    // Same typicality, unrelated direction: the cosine is a squared on average.
    #expect(near(sum / Double(failed), 0.15 * 0.15 + 0.13 * 0.13, 0.012))
  }

  @Test("Gaussian genuine scores have the line's mean and deviation, and no skew")
  func gaussian() throws {
    let line = try #require(QualityLine.named("c", shape: .gaussian))
    let scores = (0..<20_000).compactMap { population.capture($0, line).cosine }
    let (mean, deviation, skew, kurtosis) = momentsOf(scores)
    #expect(near(mean, 0.679, 0.002))
    #expect(near(deviation, 0.076, 0.0015))
    #expect(near(skew, 0, 0.06))
    #expect(near(kurtosis, 0, 0.12))
    #expect(20_000 - scores.count < 40)
  }

  @Test("Means, deviations and shares below a cosine agree with the draws, for both shapes")
  func distribution() throws {
    for line in [QualityLine.e, try #require(QualityLine.named("E", shape: .gaussian))] {
      let scores = (0..<20_000).compactMap { population.capture($0, line).cosine }
      let (mean, deviation, _, _) = momentsOf(scores)
      #expect(near(mean, line.genuine.mean, 0.002))
      #expect(near(deviation, line.genuine.deviation, 0.0015))
      for cosine in [0.4, 0.5, 0.6, 0.65] {
        let share = Double(scores.filter { $0 < cosine }.count) / Double(scores.count)
        #expect(near(share, line.genuine.cumulative(cosine), 0.012))
        let slope =
          (line.genuine.cumulative(cosine + 1e-5) - line.genuine.cumulative(cosine - 1e-5)) / 2e-5
        #expect(near(slope, line.genuine.density(cosine), 1e-5))
      }
    }
  }

  @Test("Conditions are written and read back; what cannot be is none")
  func conditions() {
    for condition in [
      CaptureCondition.enrolment, .kiosk, .aged(years: 12.5), .shifted(by: -0.06), .unconstrained,
    ] {
      #expect(CaptureCondition(condition.description) == condition)
    }
    for text in [
      "", "aged", "aged:", "aged:x", "aged:-1", "aged:1:2", "shifted:2", "kiosk:1", "Kiosk",
    ] {
      #expect(CaptureCondition(text) == nil)
    }
  }

  @Test("Lines and conditions are found and combined as specified")
  func lines() {
    #expect(QualityLine.named("c") == .default)
    #expect(QualityLine.named("F") == nil)
    #expect(QualityLine.all.map(\.name) == ["A0", "A", "B", "C", "D", "E"])
    #expect(CaptureCondition.aged(years: 10).genuine(.c).mode == 0.640 - 0.04)
    #expect(CaptureCondition.shifted(by: -0.06).genuine(.c).mode == 0.640 - 0.06)
    #expect(CaptureCondition.kiosk.genuine(.c).failureRate == 0.04)
    #expect(CaptureCondition.unconstrained.genuine(.e).mode == 0.835)
    #expect(QualityLine.allGaussian.map(\.name) == ["A", "B", "C", "D", "E"])
    #expect(QualityLine.a0.with(.gaussian) == nil)
    #expect(QualityLine.d.with(.gaussian)?.with(.gumbel) == .d)
  }
}

/// Mean, standard deviation, skew and excess kurtosis.
func momentsOf(_ values: [Double]) -> (Double, Double, Double, Double) {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  var (second, third, fourth) = (0.0, 0.0, 0.0)
  for value in values {
    let d = value - mean
    second += d * d
    third += d * d * d
    fourth += d * d * d * d
  }
  second /= count
  return (
    mean, second.squareRoot(), third / count / (second * second.squareRoot()),
    fourth / count / (second * second) - 3
  )
}
