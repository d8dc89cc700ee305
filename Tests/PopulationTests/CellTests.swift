// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Population
import Testing

@Suite("Demographic cells")
struct CellTests {
  private static func population(_ cells: DemographicCells) throws -> Population {
    var description = PopulationDescription(seed: 2)
    description.cells = cells
    return try Population(description)
  }

  @Test(
    "Cells have the shares asked for",
    arguments: [
      DemographicCells.uniform(count: 8), .zipf(), .censusLike(),
      DemographicCells(weights: [0, 3, 0, 1, 0]),
    ])
  func shares(_ cells: DemographicCells) throws {
    let population = try Self.population(cells)
    var counts = [Int](repeating: 0, count: cells.weights.count)
    for identity in 0..<100_000 as Range<UInt64> {
      counts[try #require(population.cell(of: identity))] += 1
    }
    let total = cells.weights.reduce(0, +)
    for (count, weight) in zip(counts, cells.weights) {
      let share = weight / total
      #expect(near(Double(count), 1e5 * share, 5 * (1e5 * share).squareRoot()))
    }
  }

  @Test("Names are neutral and numbered from 1; K is free, 64 if not said")
  func names() {
    let cells = DemographicCells.zipf()
    #expect(cells.weights.count == 64)
    #expect(cells.common == 0.08)
    #expect(cells.name(of: 0) == "cell-01")
    #expect(cells.name(of: 63) == "cell-64")
    #expect(DemographicCells.uniform(count: 200).name(of: 199) == "cell-200")
    #expect(Population(seed: 1).cell(of: 0) == nil)
  }

  @Test("Members of a cell have directions .08 alike, others none, and all are unit vectors")
  func likeness() throws {
    let population = try Self.population(.uniform(count: 16))
    let people = (0..<1500 as Range<UInt64>).map { identity -> (cell: Int?, direction: [Float]) in
      let latent = population.latent(identity)
      #expect(near(dot(latent, latent), 1, 1e-6))
      let rest = (1 - latent[0] * latent[0]).squareRoot()
      return (population.cell(of: identity), latent.dropFirst().map { $0 / rest })
    }
    var (same, other): ([Double], [Double]) = ([], [])
    for i in people.indices {
      for j in 0..<i {
        let cosine = dot(people[i].direction, people[j].direction)
        if people[i].cell == people[j].cell { same.append(cosine) } else { other.append(cosine) }
      }
    }
    #expect(near(momentsOf(same).0, 0.08, 0.004))
    #expect(near(momentsOf(other).0, 0, 0.006))
  }

  @Test("Relatives are of one cell, and as alike as without cells")
  func relatives() throws {
    var description = PopulationDescription(seed: 2)
    description.cells = .censusLike()
    description.relatives = Relatives(population: 20_000, identicalTwins: 0.5, siblings: 0.3)
    let population = try Population(description)
    var cosines: [Kinship: [Double]] = [:]
    for identity in 0..<20_000 as Range<UInt64> {
      guard let relative = population.relatives(of: identity).first else { continue }
      #expect(population.cell(of: identity) == population.cell(of: relative.identity))
      let (x, y) = (population.latent(identity), population.latent(relative.identity))
      let (a, b) = (Double(x[0]), Double(y[0]))
      cosines[relative.kind, default: []].append(
        (dot(x, y) - a * b) / ((1 - a * a) * (1 - b * b)).squareRoot())
    }
    #expect(near(momentsOf(cosines[.identicalTwin] ?? []).0, 0.76, 0.01))
    #expect(near(momentsOf(cosines[.sibling] ?? []).0, 0.45, 0.01))
  }
}
