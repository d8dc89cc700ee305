// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// What a gallery holds, without its templates. Equal digests, equal templates in the same order.
package struct GalleryDescription: Codable, Hashable, Sendable {
  /// Version of this record; a later one is refused.
  package static let currentFormat = 1

  package let formatVersion: Int
  /// Digest of the population it was drawn from; `nil` for rows that came from elsewhere.
  package let population: SHA256Digest?
  /// Digest of the rows themselves, where no population explains them.
  package let rows: SHA256Digest?
  /// Number of templates; their identities are 0 ..< size.
  package let size: Int
  /// Coordinates of a template.
  package let dimension: Int
  /// How a template is held, such as `float32`.
  package let encoding: String
  /// Whether nobody real is in it: true exactly for galleries drawn from a population.
  package var simulated: Bool { population != nil }
  /// SHA-256 of the canonical text of the fields above.
  package let digest: SHA256Digest

  init(
    population: SHA256Digest?, rows: SHA256Digest?, size: Int, dimension: Int, encoding: String
  ) {
    self.init(Self.currentFormat, population, rows, size, dimension, encoding)
  }

  private init(
    _ formatVersion: Int, _ population: SHA256Digest?, _ rows: SHA256Digest?, _ size: Int,
    _ dimension: Int, _ encoding: String
  ) {
    self.formatVersion = formatVersion
    self.population = population
    self.rows = rows
    self.size = size
    self.dimension = dimension
    self.encoding = encoding
    let text = """
      sightline gallery
      format=\(formatVersion)
      population=\(population?.hex ?? "none")
      rows=\(rows?.hex ?? "none")
      size=\(size)
      dimension=\(dimension)
      encoding=\(encoding)
      simulated=\(population != nil)

      """
    digest = SHA256Digest(of: text)
  }

  private enum CodingKeys: String, CodingKey {
    case formatVersion, population, rows, size, dimension, encoding, simulated, digest
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .formatVersion)
    guard version <= Self.currentFormat else {
      throw DecodingError.dataCorruptedError(
        forKey: .formatVersion, in: container,
        debugDescription: "gallery format \(version) is of a later version; use a newer program")
    }
    self.init(
      version, try container.decodeIfPresent(SHA256Digest.self, forKey: .population),
      try container.decodeIfPresent(SHA256Digest.self, forKey: .rows),
      try container.decode(Int.self, forKey: .size),
      try container.decode(Int.self, forKey: .dimension),
      try container.decode(String.self, forKey: .encoding))
    let claimed = try container.decode(SHA256Digest.self, forKey: .digest)
    guard claimed == digest,
      try container.decode(Bool.self, forKey: .simulated) == simulated
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .digest, in: container, debugDescription: "the digest is not that of the fields")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(formatVersion, forKey: .formatVersion)
    try container.encodeIfPresent(population, forKey: .population)
    try container.encodeIfPresent(rows, forKey: .rows)
    try container.encode(size, forKey: .size)
    try container.encode(dimension, forKey: .dimension)
    try container.encode(encoding, forKey: .encoding)
    try container.encode(simulated, forKey: .simulated)
    try container.encode(digest, forKey: .digest)
  }
}
