// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import CKernels
import Foundation
import Galleries
import Population
import Testing

@Suite("How long lists must be") struct ListModelTests {
  static let population = Population(seed: 31)
  static let model = SketchListModel.of(population.description)

  @Test("Longer lists for higher recalls; one answer whatever the seed of the population")
  func monotone() {
    let size = 10_000_000
    let share = { (mates: Double, alarms: Double) in
      Self.model.share(for: SketchRecall(mates: mates, alarms: alarms), gallerySize: size)
    }
    #expect(share(0.9, 0.1) < share(0.99, 0.1))
    #expect(share(0.1, 0.9) < share(0.1, 0.99))
    #expect(share(0.99, 0.9) == max(share(0.99, 0.1), share(0.1, 0.9)))
    #expect(share(0.995, 0.99) < share(0.999, 0.999))
    let other = SketchListModel.of(Population(seed: 77).description)
    #expect(
      other.share(for: SketchRecall(), gallerySize: size)
        == Self.model.share(for: SketchRecall(), gallerySize: size))
  }

  @Test("A list of the asked share holds the asked recalls, and less would not do")
  func inverse() {
    let recall = SketchRecall(mates: 0.98, alarms: 0.95)
    let share = Self.model.share(for: recall, gallerySize: 1_300_000_000)
    let held = { (share: Double) in
      (
        Self.model.mateRecall(share: share, line: .c),
        Self.model.alarmRecall(share: share, fpir: 0.01, gallerySize: 1_300_000_000)
      )
    }
    #expect(held(share).0 >= 0.98 && held(share).1 >= 0.95)
    #expect(held(share * 0.99).0 < 0.98 || held(share * 0.99).1 < 0.95)
  }

  @Test(
    "At N = 1.3e9 the shares are near those that Bench/sketch-lists.py draws with normal scores")
  func anchor() {
    let share = { (mates: Double, alarms: Double) in
      Self.model.share(
        for: SketchRecall(mates: mates, alarms: alarms), gallerySize: 1_300_000_000)
    }
    // Mates alone, then alarms alone; the exact distribution has lighter tails than the normal one.
    #expect((2e-5...1.2e-4).contains(share(0.99, 0.01)))
    #expect((5e-5...3e-4).contains(share(0.01, 0.99)))
  }

  @Test("The distribution of a probe's scores is that of a gallery")
  func distribution() {
    let encoder = SketchEncoder(population: Self.population)
    let model = SketchModel(Self.population.description)
    var latent = [Float](repeating: 0, count: Population.latentDimension)
    latent.withUnsafeMutableBufferPointer { Self.population.writeLatent(of: 1 << 41, into: $0) }
    let probe = latent.withUnsafeBufferPointer { SketchProbe(latent: $0, model: model) }
    let expected = probe.distribution(cells: model.cells.shares)
    #expect((expected.reduce(0, +) - 1).magnitude < 1e-12)
    let count = 200_000
    var measured = [Double](repeating: 0, count: 256)
    let codes = EncoderTests.codes(encoder, 0..<UInt64(count))
    for hit in ScanTests.run(
      sl_sketch_scan_batch, tables: probe.tables, codes: codes[...], thresholds: [0])[0]
    {
      measured[Int(hit >> 20)] += 1 / Double(count)
    }
    var (difference, above, expectedAbove) = (0.0, 0.0, 0.0)
    for score in (0..<256).reversed() {
      above += measured[score]
      expectedAbove += expected[score]
      difference = max(difference, (above - expectedAbove).magnitude)
    }
    // Kolmogorov and Smirnov: once in a thousand it exceeds 1.95 by the root of the count.
    #expect(difference < 1.95 / Double(count).squareRoot())
  }

  /// Ranks of mates by a scan of a whole gallery, against what the model says without one.
  @Test(
    "Mates stand in a gallery of 4 million where the model says",
    .enabled(if: ProcessInfo.processInfo.environment["SIGHTLINE_HEAVY"] == "1"))
  func heavyMates() async throws {
    let (size, count) = (4_000_000, 3_000)
    let gallery = try await SketchGallery.build(population: Self.population, size: size, threads: 2)
    let model = SketchModel(Self.population.description)
    var row = [Float](repeating: 0, count: Population.latentDimension)
    var above: [Int] = []
    var hits = [UInt32](repeating: 0, count: 1 << 15)
    for i in 0..<count {
      let mate = i * (size / count)
      let cosine = row.withUnsafeMutableBufferPointer {
        Self.population.writeLatentCapture(of: UInt64(mate), line: .c, draw: 5, into: $0)
      }
      if cosine == nil { continue }
      let probe = row.withUnsafeBufferPointer { SketchProbe(latent: $0, model: model) }
      let threshold = UInt16(probe.score(gallery.code(mate)) + 1)
      var better = 0
      for low in stride(from: 0, to: size, by: hits.count) {
        gallery.withCodes(low..<min(low + hits.count, size)) { codes in
          better += sl_sketch_scan(
            probe.tables, codes.baseAddress?.assumingMemoryBound(to: UInt8.self),
            codes.count / 16, threshold, &hits)
        }
      }
      above.append(better)
    }
    for share in [1e-6, 1e-5, 5e-5, 1e-4, 2.5e-4] {
      let measured =
        Double(above.count { Double($0) <= share * Double(size) }) / Double(above.count)
      let predicted = Self.model.mateRecall(share: share, line: .c)
      let error = (predicted * (1 - predicted) * (1 / Double(above.count) + 1 / 8_192)).squareRoot()
      print("list of \(share): \(measured) of mates, predicted \(predicted) +- \(error)")
      #expect((measured - predicted).magnitude < 3.5 * error + 1 / Double(above.count))
    }
  }
}
