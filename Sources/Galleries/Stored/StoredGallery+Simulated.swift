// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

extension StoredGallery {
  /// Refuses a gallery that may not meet a camera: vectors from elsewhere, and templates that are not
  /// those the manifest's population gives.
  ///
  /// A digest proves only that manifest and files belong together, and anybody can compute one. So
  /// `samples` templates, the first, the last and others at random, are drawn again and compared bit
  /// by bit; it takes milliseconds.
  /// - Throws: `foreign`, `notOfPopulation`.
  package func requireSimulated(samples: Int = 256) throws(GalleryError) {
    guard let drawn = manifest.population else {
      throw GalleryError(
        .foreign,
        "\(path) holds vectors from elsewhere (simulated: false), for benchmarks only; a run takes "
          + "galleries drawn from the population model: make one with `sightline gallery create`")
    }
    let population: Population
    do {
      population = try Population(drawn)
    } catch {
      throw GalleryError(.notOfPopulation, "\(path): \(error.message)")
    }
    let encoder = TemplateEncoder(population, encoding)
    let writer = ChunkWriter(layout, [])
    var rows = [0, count - 1]
    for _ in 0..<max(samples - 2, 0) where count > 0 { rows.append(Int.random(in: 0..<count)) }
    for row in rows where row >= 0 && row < count {
      let same = unsafe writer.withPiece(row..<row + 1) { parts, floats in
        unsafe encoder.write(row..<row + 1, into: parts, floats: floats)
        return layout.files.indices.allSatisfy { file in
          unsafe withRows(row..<row + 1, ofFile: file) { unsafe $0.elementsEqual(parts[file]) }
        }
      }
      guard same else {
        throw GalleryError(
          .notOfPopulation,
          "\(path): template \(row) is not the one its population gives; the gallery was altered or "
            + "its vectors are from elsewhere: make it again with `sightline gallery create`")
      }
    }
  }
}
