// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// Everything that decides the vectors of a population: equal descriptions, equal bits.
package struct PopulationDescription: Hashable, Sendable {
  /// The latest version of this record; a later one is refused.
  package static let currentFormat = 2
  /// Version of the way from words to vectors (streams, tables, map); only this one is implemented.
  package static let currentGenerator = 1

  /// Version of this record: 1 without relatives and cells, else 2, so that a program that does not know
  /// those refuses the record instead of drawing other people.
  package var formatVersion: Int { relatives == nil && cells == nil ? 1 : 2 }
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
  /// Families; `nil` where nobody has relatives.
  package var relatives: Relatives?
  /// Demographic cells; `nil` for none.
  package var cells: DemographicCells?

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

    """ + (relatives?.canonicalText ?? "") + (cells?.canonicalText ?? "")
  }

  /// SHA-256 of the canonical text. Two populations with one digest give the same bits everywhere.
  package var digest: SHA256Digest { SHA256Digest(of: canonicalText) }
}

extension PopulationDescription: Codable {
  private enum CodingKeys: String, CodingKey {
    case formatVersion, generatorVersion, seed, directionDimension, templateDimension
    case typicalityMean, typicalityDeviation, typicalityMinimum, typicalityMaximum
    case relatives, cells, digest
  }

  /// Refuses a record of a later version, and one whose digest is not that of its fields.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let format = try container.decode(Int.self, forKey: .formatVersion)
    let generator = try container.decode(Int.self, forKey: .generatorVersion)
    guard format <= Self.currentFormat, generator <= Self.currentGenerator else {
      throw PopulationError.newer(format: format, generator: generator)
    }
    self.init(seed: try container.decode(UInt64.self, forKey: .seed))
    generatorVersion = generator
    directionDimension = try container.decode(Int.self, forKey: .directionDimension)
    templateDimension = try container.decode(Int.self, forKey: .templateDimension)
    typicalityMean = try container.decode(Double.self, forKey: .typicalityMean)
    typicalityDeviation = try container.decode(Double.self, forKey: .typicalityDeviation)
    typicalityMinimum = try container.decode(Double.self, forKey: .typicalityMinimum)
    typicalityMaximum = try container.decode(Double.self, forKey: .typicalityMaximum)
    relatives = try container.decodeIfPresent(Relatives.self, forKey: .relatives)
    cells = try container.decodeIfPresent(DemographicCells.self, forKey: .cells)
    guard format == formatVersion,
      try container.decode(SHA256Digest.self, forKey: .digest) == digest
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .digest, in: container,
        debugDescription: "the population's format or digest is not that of its fields")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(formatVersion, forKey: .formatVersion)
    try container.encode(generatorVersion, forKey: .generatorVersion)
    try container.encode(seed, forKey: .seed)
    try container.encode(directionDimension, forKey: .directionDimension)
    try container.encode(templateDimension, forKey: .templateDimension)
    try container.encode(typicalityMean, forKey: .typicalityMean)
    try container.encode(typicalityDeviation, forKey: .typicalityDeviation)
    try container.encode(typicalityMinimum, forKey: .typicalityMinimum)
    try container.encode(typicalityMaximum, forKey: .typicalityMaximum)
    try container.encodeIfPresent(relatives, forKey: .relatives)
    try container.encodeIfPresent(cells, forKey: .cells)
    try container.encode(digest, forKey: .digest)
  }
}
