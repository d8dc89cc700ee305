// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Galleries
import Population
import SystemPackage
import Testing

@Suite("Cohorts, twins and siblings")
struct CohortTests {
  /// Half a nation enrolled, with eight cells.
  private static func population() throws -> Population {
    var description = PopulationDescription(seed: 1)
    description.relatives = Relatives(
      population: 8_000, identicalTwins: 0.1, sameSexTwins: 0.1, differentSexTwins: 0.1,
      siblings: 0.5)
    description.cells = .censusLike(count: 8)
    return try Population(description)
  }

  private func plan(
    _ population: Population, size: Int = 4_000, kin: Int? = 150,
    matcher: AccuracyMatcher = .exact
  ) throws -> AccuracyPlan {
    try AccuracyPlan(
      population: population, probeSeed: 1, mated: 1_000, nonMated: 1_000, k: 5,
      fpir: [0.1, 0.01],
      points: [
        AccuracyPoint(
          gallery: "procedural:\(size)", gallerySize: size, line: .c, condition: .enrolment,
          matcher: matcher)
      ], kin: kin)
  }

  private func execute(_ plan: AccuracyPlan, in path: FilePath) async throws -> AccuracyResult {
    let folder = try AccuracyFolder(path, for: plan)
    let run = AccuracyRun(plan, population: try plan.describedPopulation(), threads: 2)
    let result = try await run.execute(
      in: folder, software: SmallRun.software, machine: SmallRun.machine
    ) { _ in }
    try folder.write(result, summary: "")
    return result
  }

  @Test("Cells part the searches: their counts add up to the whole's, and so do those by relative")
  func parts() async throws {
    let folder = try TemporaryFolder()
    let result = try await execute(plan(try Self.population()), in: folder.path)
    let point = result.points[0]
    let cohorts = try #require(point.cohorts)
    for (basis, isWhole) in [(AccuracyResult.Cohort.Basis.cell, true), (.relative, false)] {
      let parts = cohorts.filter { $0.basis == basis }
      #expect(parts.count > 3)
      #expect(Set(parts.map(\.name)).count == parts.count)
      #expect(parts.reduce(0) { $0 + $1.mated } == point.mated)
      #expect(parts.reduce(0) { $0 + $1.rankOneMiss.count } == point.rankOneMiss.count)
      for (index, operating) in point.operating.enumerated() {
        let at = parts.map { $0.operating[index] }
        #expect(Set(at.map(\.threshold)) == [operating.threshold])
        #expect(at.reduce(0) { $0 + $1.fnir.count } == operating.fnir.count)
        if isWhole {
          #expect(at.reduce(0) { $0 + $1.fpir.count } == operating.fpir.count)
          #expect(at.reduce(0) { $0 + $1.fpir.trials } == operating.fpir.trials)
        }
      }
    }
    // The largest cells come first, and their people find more who look like them.
    #expect(cohorts[0].name == "cell-01" && cohorts[0].nonMated > cohorts[7].nonMated)
    let at = cohorts.filter { $0.basis == .cell }.map { $0.operating[0].fpir }
    #expect((at[0].rate ?? 0) > (at[7].rate ?? 1))
    #expect(result.notes.contains { $0.contains("synthetic") })
    #expect(try AccuracyResult.read(folder.path) == result)
  }

  @Test(
    "Searches of relatives find them as often as the model says, twins most and strangers hardly")
  func kin() async throws {
    let folder = try TemporaryFolder()
    var description = PopulationDescription(seed: 1)
    description.relatives = Relatives(
      population: 8_000, identicalTwins: 0.1, sameSexTwins: 0.1, differentSexTwins: 0.1,
      siblings: 0.5)
    let population = try Population(description)
    let plan = try plan(population)
    let point = try await execute(plan, in: folder.path).points[0]
    let kin = try #require(point.kin)
    #expect(kin.map(\.kind) == Kinship.allCases)
    for one in kin {
      #expect(one.searches == 150)
      for at in one.operating {
        #expect(at.namedRelative.count <= at.alarms.count)
        // Four standard deviations: eight comparisons.
        let deviation = (at.expected * (1 - at.expected) / Double(one.searches)).squareRoot()
        let named = at.namedRelative.rate ?? 0
        #expect(named <= at.expected + 4 * deviation + 0.01, "\(one.kind) \(at)")
        #expect(named >= at.expected - 4 * deviation - at.targetFpir, "\(one.kind) \(at)")
      }
      #expect(
        one.operating[1].alarms.rate ?? 0 > 3 * point.operating[1].targetFpir
          || one.kind == .differentSexTwin)
    }
    let named = kin.map { $0.operating[1].namedRelative.rate ?? 0 }
    #expect(named[0] > named[1] && named[1] > named[3] && named[3] > named[2])
    // Made once: the same command reads them, and makes anew what is damaged.
    let again = try await execute(plan, in: folder.path).points[0]
    #expect(again.kin == kin)
    let file = folder.path.appending("outcomes").appending(
      plan.id(of: plan.points[0]) + ".kin.json")
    try Data("{".utf8).write(to: URL(filePath: file.string))
    #expect(try await execute(plan, in: folder.path).points[0].kin == kin)
  }

  @Test("A whole nation enrolled leaves nobody outside; a plain population has no cohorts")
  func empty() async throws {
    let folder = try TemporaryFolder()
    let all = try await execute(
      plan(try Self.population(), size: 8_000, kin: 10), in: folder.path.appending("a"))
    #expect(all.points[0].kin == [])
    let plain = try await execute(
      plan(Population(seed: 1), kin: nil), in: folder.path.appending("b"))
    #expect(plain.points[0].kin == nil && plain.points[0].cohorts == nil)
  }

  @Test(
    "Relatives without a nation, too many of them, and a gallery larger than the nation are refused"
  )
  func refusals() throws {
    #expect(throws: EvaluationError.self) { try plan(Population(seed: 1), kin: 5) }
    #expect(throws: EvaluationError.self) { try plan(try Self.population(), kin: 0) }
    #expect(throws: EvaluationError.self) { try plan(try Self.population(), size: 9_000) }
    #expect(throws: PopulationError.self) {
      try AccuracyGalleries.open(
        [.procedural(size: 10)], seed: 1, relatives: Relatives(population: 10),
        cells: .uniform(count: 0))
    }
  }
}
