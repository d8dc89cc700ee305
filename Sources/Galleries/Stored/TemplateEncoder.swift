// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Population

/// Makes the rows of a gallery's data files: pure functions of the population and the identity.
struct TemplateEncoder: Sendable {
  let population: Population
  let encoding: GalleryEncoding
  private let sketches: SketchEncoder

  init(_ population: Population, _ encoding: GalleryEncoding) {
    self.population = population
    self.encoding = encoding
    sketches = SketchEncoder(population: population)
  }

  /// Templates to make at a time: 2 MiB of floats.
  static let pieceTemplates = 1024

  /// Writes the rows of `templates`, at most `pieceTemplates` of them, into a buffer a data file, each
  /// just long enough. `floats` is scratch space of `pieceTemplates` templates.
  func write(
    _ templates: Range<Int>, into files: [UnsafeMutableRawBufferPointer],
    floats: UnsafeMutableBufferPointer<Float>
  ) {
    let identities = UInt64(templates.lowerBound)..<UInt64(templates.upperBound)
    switch encoding {
    case .float32:
      unsafe population.writeTemplates(
        of: identities, into: files[0].assumingMemoryBound(to: Float.self))
    case .int8:
      let dimension = Population.dimension
      let rows = unsafe UnsafeMutableBufferPointer(
        rebasing: floats[..<(templates.count * dimension)])
      unsafe population.writeTemplates(of: identities, into: rows)
      let bytes = unsafe files[0].assumingMemoryBound(to: Int8.self)
      let scales = unsafe files[1].assumingMemoryBound(to: Float.self)
      for row in 0..<templates.count {
        let cells = row * dimension..<(row + 1) * dimension
        unsafe scales[row] = Int8Quantizer.quantize(
          UnsafeBufferPointer(rebasing: rows[cells]),
          into: UnsafeMutableBufferPointer(rebasing: bytes[cells]))
      }
    case .sketch:
      unsafe sketches.writeCodes(of: identities, into: files[0])
    }
  }
}
