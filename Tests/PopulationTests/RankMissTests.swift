// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Glibc
import Population
import Testing

@Suite("Mates among the first so many")
struct RankMissTests {
  private let model = Population(seed: 1).impostors

  @Test("A binomial's tail is the sum of its terms, on either side of the mean and at the ends")
  func tail() {
    for (count, trials) in [(1, 1), (1, 7), (3, 7), (7, 7), (2, 100), (50, 120), (120, 120)] {
      let tail = BinomialTail(atLeast: count, of: Double(trials))
      for p in [0, 1e-9, 0.01, 0.3, 0.41, 0.5, 0.97, 1] {
        // Pascal's rule on the distribution itself: trial by trial, nothing in common with the kernel.
        var masses = [1.0] + [Double](repeating: 0, count: trials)
        for _ in 0..<trials {
          for i in stride(from: trials, to: 0, by: -1) {
            masses[i] = masses[i] * (1 - p) + masses[i - 1] * p
          }
          masses[0] *= 1 - p
        }
        let expected = masses[count...].reduce(0, +)
        #expect(near(tail(p), expected, 1e-12 + 1e-10 * expected), "\(count) of \(trials), \(p)")
      }
    }
    #expect(BinomialTail(atLeast: 3, of: 2)(0.5) == 0)
  }

  @Test("With a billion trials the tail is Poisson's, far out as well")
  func rare() {
    let tail = BinomialTail(atLeast: 50, of: 1.3e9)
    for mean in [1.0, 20, 49, 80, 200] {
      // Upper terms of the Poisson distribution, summed from 50 on.
      var term = exp(-mean)
      for i in 1...50 { term *= mean / Double(i) }
      var sum = 0.0
      for i in 51...2_000 {
        sum += term
        term *= mean / Double(i)
      }
      #expect(near(tail(mean / 1.3e9) / sum, 1, 1e-5), "\(mean)")
    }
  }

  @Test("Drawn searches miss as the closed form says, at ranks 1, 5 and 50")
  func simulated() {
    let size = 20_000
    let mates = 4_000
    // Weak enough that even rank 50 misses often. Given typicality a and score g, strangers above g are
    // counted one by one, with directions as the model draws them.
    let line = QualityLine(
      name: "poor", genuine: GenuineDistribution(mode: 0.30, scale: 0.08, failureRate: 0.02))
    var generator = SplitMix64(seed: 77)
    let normal = { () -> Double in
      let (u, v) = (
        Double.random(in: 1e-300..<1, using: &generator),
        Double.random(in: 0..<1, using: &generator)
      )
      return (-2 * log(u)).squareRoot() * cos(2 * Double.pi * v)
    }
    let clipped = { (z: Double) in min(max(0.15 + 0.13 * z, -0.6), 0.8) }
    // Typicalities of the gallery, and one coordinate of a uniform direction in 144 dimensions each.
    let ranks = [1, 5, 50]
    var missed = [0, 0, 0]
    for _ in 0..<mates {
      let a = clipped(normal())
      if Double.random(in: 0..<1, using: &generator) < 0.02 {
        for i in missed.indices { missed[i] += 1 }
        continue
      }
      let u = Double.random(in: 1e-300..<1, using: &generator)
      let g = 0.30 + 0.08 * log(-log(u))
      var above = 0
      for _ in 1..<size where above < 50 {
        let b = clipped(normal())
        // The first coordinate of a uniform direction is Gaussian over the norm of 144 Gaussians; the
        // other 143 squares by the Wilson-Hilferty cube.
        let x = normal()
        let rest = 143 * pow(1 - 2 / (9 * 143.0) + normal() * (2 / (9 * 143.0)).squareRoot(), 3)
        let s = x / (x * x + rest).squareRoot()
        if a * b + ((1 - a * a) * (1 - b * b)).squareRoot() * s >= g { above += 1 }
      }
      for (i, rank) in ranks.enumerated() where above >= rank { missed[i] += 1 }
    }
    for (rank, count) in zip(ranks, missed) {
      let expected = model.rankMiss(rank, gallerySize: size, line: line)
      let deviation = (expected * (1 - expected) / Double(mates)).squareRoot()
      #expect(
        near(Double(count) / Double(mates), expected, 4 * deviation),
        "rank \(rank): \(count) of \(mates), expected \(expected)")
      #expect(expected > 0.03 && expected < 0.97)
    }
  }

  @Test("Longer lists never miss more; a list of everybody misses only failed captures")
  func monotone() {
    for size in [60, 10_000, 1_300_000_000] {
      var last = 1.0
      for rank in [1, 2, 10, 50] {
        let miss = model.rankMiss(rank, gallerySize: size, line: .d)
        #expect(miss <= last && miss >= QualityLine.d.genuine.failureRate)
        last = miss
      }
    }
    #expect(
      model.rankMiss(50, gallerySize: 50, line: .d) == QualityLine.d.genuine.failureRate)
    #expect(
      model.rankMiss(1, gallerySize: 12_000_000, line: .c)
        == model.rankOneMiss(gallerySize: 12_000_000, line: .c))
  }

  @Test(
    "A mated search is right, unnamed or misnamed; at the lowest threshold all misses are misnamed")
  func misnamed() {
    for size in [1, 1_000, 12_000_000] {
      let threshold = size == 1 ? 0.4 : model.threshold(fpir: 0.01, gallerySize: size)
      let wrong = model.misnaming(threshold: threshold, gallerySize: size, line: .e)
      let missed = model.fnir(threshold: threshold, gallerySize: size, line: .e)
      #expect(wrong >= 0 && wrong <= missed)
      // Nobody is misnamed more often than a stranger is named and a mate overtaken.
      #expect(wrong <= 0.01 + model.rankOneMiss(gallerySize: size, line: .e))
    }
    let all = model.misnaming(threshold: -0.95, gallerySize: 1_000, line: .e)
    #expect(near(all, model.rankOneMiss(gallerySize: 1_000, line: .e), 1e-9))
  }
}
