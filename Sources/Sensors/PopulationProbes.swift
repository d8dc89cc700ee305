// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Population

/// The probes of a frame set, drawn from the population model.
///
/// A tier is a capture condition: the genuine mode falls by .03 and .065 from the best tier on, the
/// latter being the model's shift for kiosk-type captures.
package struct PopulationProbes: ProbeSource {
  package static let modeShifts = [0, -0.03, -0.065]

  private let population: Population
  private let line: QualityLine

  package init(_ population: Population, line: QualityLine) {
    self.population = population
    self.line = line
  }

  package var populationSeed: UInt64 { population.description.seed }
  package var populationDigest: SHA256Digest { population.digest }
  package var dimension: Int { Population.dimension }
  package var arguments: [String] {
    ["--population-seed", "\(populationSeed)", "--line", line.name]
  }

  package func probe(identity: UInt64, tier: Int, draw: UInt64) -> [Float] {
    var row = [Float](repeating: 0, count: dimension)
    unsafe row.withUnsafeMutableBufferPointer {
      _ = unsafe population.writeCapture(
        of: identity, line: line, condition: .shifted(by: Self.modeShifts[tier]), draw: draw,
        into: $0)
    }
    return row
  }
}
