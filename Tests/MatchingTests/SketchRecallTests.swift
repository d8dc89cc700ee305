// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Galleries
import Matching
import Population
import Testing

@Suite("Recall of search by sketch") struct SketchRecallTests {
  /// Lists as long as the gallery are exact search by another name, and quick.
  @Test(
    "False alarms are found as often as the model says, at N = 2 million and FPIR .3",
    .enabled(if: ProcessInfo.processInfo.environment["SIGHTLINE_HEAVY"] == "1"))
  func heavyAlarms() async throws {
    let (size, fpir, searches) = (2_000_000, 0.3, 1_280)
    let population = Population(seed: 8)
    let gallery = try await SketchGallery.build(population: population, size: size, threads: 2)
    let threshold = Float(population.impostors.threshold(fpir: fpir, gallerySize: size))
    let model = SketchListModel.of(population.description)
    let exact = SketchMatcher(
      gallery: gallery, population: population, threads: 2, listLength: size)
    #expect(exact.information.isExact)
    var probes = ProbeBatch()
    var row = [Float](repeating: 0, count: Population.dimension)
    for i in 0..<UInt64(searches) {
      row.withUnsafeMutableBufferPointer {
        _ = population.writeCapture(of: Population.firstStranger + i, line: .c, draw: 0, into: $0)
      }
      try probes.append(row)
    }
    let k = 50
    let truth = try await exact.search(probes, k: k)
    for alarms in [0.9, 0.99] {
      let recall = SketchRecall(mates: 0.5, alarms: alarms, fpir: fpir)
      let share = model.share(for: recall, gallerySize: size)
      let matcher = SketchMatcher(
        gallery: gallery, population: population, threads: 2,
        listLength: Int(share * Double(size)))
      let found = try await matcher.search(probes, k: k)
      // A probe with many alarms counts once, by the share of them that was found.
      var shares: [Double] = []
      for probe in 0..<searches {
        let all = truth[probe].filter { $0.score >= threshold }
        if all.isEmpty { continue }
        let those = Set(found[probe])
        shares.append(Double(all.count { those.contains($0) }) / Double(all.count))
      }
      let mean = shares.reduce(0, +) / Double(shares.count)
      let spread = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
      let error = (spread / Double(shares.count) + alarms * (1 - alarms) / 8_192).squareRoot()
      print("list of \(share): \(mean) of the alarms of \(shares.count) probes, asked \(alarms)")
      // More is found than asked for: thresholds from a sample are on the safe side.
      #expect(mean > alarms - 3.5 * error)
      #expect(mean < alarms + (1 - alarms) * 0.8)
    }
  }
}
