// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// Everything that decides the vectors of a population: equal descriptions, equal bits.
package struct PopulationDescription: Codable, Hashable, Sendable {
  /// Version of this record; a later one is refused.
  package static let currentFormat = 1
  /// Version of the way from words to vectors (streams, tables, map); only this one is implemented.
  package static let currentGenerator = 1

  package var formatVersion = currentFormat
  package var generatorVersion = currentGenerator
  package var seed: UInt64
  /// Coordinates of the direction on the sphere, the one hub coordinate left out.
  package var directionDimension = Population.latentDimension - 1
  /// Coordinates of a template.
  package var templateDimension = Population.dimension
  /// Mean of the typicality, the coordinate all identities share. It makes hubs: two people of high
  /// typicality look alike, whoever they are.
  package var typicalityMean = 0.15
  package var typicalityDeviation = 0.13
  package var typicalityMinimum = -0.6
  package var typicalityMaximum = 0.8

  package init(seed: UInt64) { self.seed = seed }

  /// One `key=value` a line in this order; numbers in Swift's shortest form that reads back exactly.
  package var canonicalText: String {
    """
    sightline population
    format=\(formatVersion)
    generator=\(generatorVersion)
    seed=\(seed)
    direction-dimension=\(directionDimension)
    template-dimension=\(templateDimension)
    typicality-mean=\(typicalityMean)
    typicality-deviation=\(typicalityDeviation)
    typicality-minimum=\(typicalityMinimum)
    typicality-maximum=\(typicalityMaximum)

    """
  }

  /// SHA-256 of the canonical text. Two populations with one digest give the same bits everywhere.
  package var digest: SHA256Digest { SHA256Digest(of: canonicalText) }
}
