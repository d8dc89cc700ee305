// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Galleries
import Matching
import Population

/// Whole searches by `SketchMatcher`, scan and rerank, of mated probes of line C.
struct Search {
  let matcher: SketchMatcher
  let population: Population
  let arguments: Arguments

  init(_ gallery: SketchGallery, _ population: Population, _ arguments: Arguments) {
    let start = Usage.now
    let model = SketchListModel.of(population.description)
    let recall = SketchRecall()
    // The gallery size that the project is about, beside this one.
    let billion = model.share(for: recall, gallerySize: 1_300_000_000)
    let share = model.share(for: recall, gallerySize: gallery.count)
    print(
      "list model: \(share) of the gallery for \(recall.mates) of mates and \(recall.alarms) of alarms at "
        + "FPIR \(recall.fpir), of which it holds \(model.mateRecall(share: share, line: .c)) and "
        + "\(model.alarmRecall(share: share, fpir: recall.fpir, gallerySize: gallery.count)); "
        + "\(text((Usage.now - start).user)) s CPU; at N = 1.3e9 \(billion) of the gallery")
    matcher = SketchMatcher(
      gallery: gallery, population: population, threads: arguments.threads,
      listLength: arguments.list)
    self.population = population
    self.arguments = arguments
  }

  func report() async throws {
    print("search: \(matcher.information.precision)")
    for batch in arguments.batches {
      var (walls, works): ([Double], [Double]) = ([], [])
      var (named, searches) = (0, 0)
      for round in 0..<max(arguments.repeats, 2) {
        let (probes, mates) = try probes(batch, round)
        let start = Usage.now
        let lists = try await matcher.search(probes, k: 10)
        let took = Usage.now - start
        for (probe, mate) in mates.enumerated() {
          named += lists[probe].contains { $0.subject == mate } ? 1 : 0
        }
        searches += mates.count
        // The first search touches its memory for the first time.
        if round == 0 { continue }
        walls.append(took.wall)
        works.append(took.user + took.system)
      }
      let (wall, work) = (walls.sorted()[walls.count / 2], works.sorted()[works.count / 2])
      let scale = 1e9 / Double(max(matcher.gallery.size, 1)) / Double(batch)
      print(
        "search, \(batch) probes, k 10, median of \(walls.count): \(text(wall * 1e3)) ms wall, "
          + "\(text(work * 1e3)) ms CPU; a code and probe \(text(wall * scale)) ns wall, "
          + "\(text(work * scale)) CPU; \(named) of \(searches) mates among the ten")
    }
  }

  private func probes(_ count: Int, _ round: Int) throws -> (ProbeBatch, [UInt64]) {
    var batch = ProbeBatch(capacity: count)
    var mates: [UInt64] = []
    var row = [Float](repeating: 0, count: Population.dimension)
    var generator = SplitMix64(seed: UInt64(round))
    while mates.count < count {
      let mate = UInt64.random(in: 0..<UInt64(matcher.gallery.size), using: &generator)
      unsafe row.withUnsafeMutableBufferPointer {
        _ = unsafe population.writeCapture(of: mate, line: .c, draw: UInt64(round), into: $0)
      }
      try batch.append(row)
      mates.append(mate)
    }
    return (batch, mates)
  }
}
