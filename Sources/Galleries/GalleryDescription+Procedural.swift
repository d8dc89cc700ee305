// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Population

extension GalleryDescription {
  /// The gallery of identities `0 ..< size` of `population`, without drawing it: equal to the
  /// description of the same templates in memory.
  ///
  /// - Throws: `badSize` unless `size` is from 0 to 2^40 - 1.
  package static func procedural(
    _ population: Population, size: Int
  ) throws(GalleryError) -> GalleryDescription {
    guard size >= 0, UInt64(size) < Population.firstStranger else {
      throw GalleryError(.badSize, "a gallery has from 0 to 2^40 - 1 templates, not \(size)")
    }
    return GalleryDescription(
      population: population.digest, rows: nil, size: size, dimension: Population.dimension,
      encoding: GalleryEncoding.float32.rawValue)
  }
}
