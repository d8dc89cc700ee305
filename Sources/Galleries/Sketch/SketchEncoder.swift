// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Population

/// Makes the codes of a population's templates.
///
/// Without relatives and cells a code follows from three words of the identity's stream: their bits
/// *are* the signs, and the cell is a comparison of the bits the typicality is drawn from. That takes
/// about a nanosecond, where the template takes 250. Whoever is derived from a relative or belongs to a
/// demographic cell is coded from the direction itself, which needs all words and takes some 150 to 350.
/// All ways, and the way back from 512 coordinates, give one code (see `Sketches.md`).
@safe package struct SketchEncoder: Sendable {
  package let population: Population
  /// The cells of the typicality.
  package let cells: SketchCells
  /// Whether all codes come straight from the words of the streams.
  package let isDirect: Bool

  private let source: sl_sketch_source

  package init(population: Population) {
    self.population = population
    let description = population.description
    let cells = SketchCells(description)
    self.cells = cells
    isDirect = description == Self.plain(description)
    var source = sl_sketch_source()
    source.key = SplitMix64.mixed(
      SplitMix64.mixed(description.seed) ^ SplitMix64.Domain.identity.number)
    unsafe withUnsafeMutableBytes(of: &source.spare) { spare in
      unsafe sl_sketch_spare_bounds(
        sl_typicality(
          mean: description.typicalityMean, deviation: description.typicalityDeviation,
          low: description.typicalityMinimum, high: description.typicalityMaximum),
        cells.bounds, spare.bindMemory(to: UInt64.self).baseAddress)
    }
    self.source = source
  }

  /// The description without anything that changes how identities are drawn. What this program does not
  /// know to be harmless takes the general way.
  private static func plain(_ description: PopulationDescription) -> PopulationDescription {
    var plain = PopulationDescription(seed: description.seed)
    plain.typicalityMean = description.typicalityMean
    plain.typicalityDeviation = description.typicalityDeviation
    plain.typicalityMinimum = description.typicalityMinimum
    plain.typicalityMaximum = description.typicalityMaximum
    return plain
  }

  /// Writes the codes of a range of identities, 16 bytes each: `identities.count * 16` bytes that need no
  /// alignment. Any thread may call this; it allocates nothing.
  package func writeCodes(
    of identities: Range<UInt64>, into codes: UnsafeMutableRawBufferPointer
  ) {
    precondition(
      codes.count == identities.count * SketchCode.byteCount, "the codes must just fit")
    guard let base = unsafe codes.bindMemory(to: UInt8.self).baseAddress else { return }
    unsafe withUnsafePointer(to: source) { source in
      unsafe sl_sketch_codes(source, identities.lowerBound, identities.count, base)
    }
    if !isDirect { unsafe overwritePeople(identities, base) }
  }

  /// Over codes as if nobody had relatives or cells: those again who have.
  private func overwritePeople(_ identities: Range<UInt64>, _ base: UnsafeMutablePointer<UInt8>) {
    unsafe withUnsafeBytes(of: source.spare) { spare in
      unsafe cells.bounds.withUnsafeBufferPointer { bounds in
        guard let spare = unsafe spare.assumingMemoryBound(to: UInt64.self).baseAddress,
          let bounds = bounds.baseAddress
        else { return }
        var code = unsafe base
        for identity in identities {
          _ = unsafe population.writeSketchOfPerson(
            identity, spareBounds: spare, bounds: bounds, into: code)
          unsafe code += SketchCode.byteCount
        }
      }
    }
  }

  /// The same by way of latent vectors, whatever the population; for checks.
  package func writeCodesOfLatents(
    of identities: Range<UInt64>, into codes: UnsafeMutableRawBufferPointer
  ) {
    precondition(
      codes.count == identities.count * SketchCode.byteCount, "the codes must just fit")
    guard let base = unsafe codes.bindMemory(to: UInt8.self).baseAddress else { return }
    unsafe writeGenerally(identities, base)
  }

  private func writeGenerally(_ identities: Range<UInt64>, _ base: UnsafeMutablePointer<UInt8>) {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.latentDimension) {
      latent in
      var code = unsafe base
      for identity in identities {
        unsafe population.writeLatent(of: identity, into: latent)
        unsafe sl_sketch_of_latent(latent.baseAddress, cells.bounds, code)
        unsafe code += SketchCode.byteCount
      }
    }
  }

  /// The code of one identity.
  package func code(of identity: UInt64) -> SketchCode {
    unsafe withUnsafeTemporaryAllocation(byteCount: SketchCode.byteCount, alignment: 8) { bytes in
      unsafe writeCodes(of: identity..<identity + 1, into: bytes)
      return unsafe SketchCode(bytes: UnsafeRawBufferPointer(bytes))
    }
  }

  /// The code of 145 latent coordinates.
  package func code(ofLatent latent: UnsafeBufferPointer<Float>) -> SketchCode {
    precondition(latent.count == Population.latentDimension, "a latent vector has 145 coordinates")
    return unsafe withUnsafeTemporaryAllocation(byteCount: SketchCode.byteCount, alignment: 8) {
      bytes in
      unsafe sl_sketch_of_latent(
        latent.baseAddress, cells.bounds, bytes.bindMemory(to: UInt8.self).baseAddress)
      return unsafe SketchCode(bytes: UnsafeRawBufferPointer(bytes))
    }
  }

  /// The code of a template of this population, 512 coordinates.
  ///
  /// The signs are always those of the identity: no coordinate of a direction is nearer to 0 than 5e-7,
  /// and rounding moves it by some 1e-8. The cell is another one only where the typicality is within that
  /// of a bound, about once in a million templates.
  package func code(ofTemplate template: UnsafeBufferPointer<Float>) -> SketchCode {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.latentDimension) {
      latent in
      unsafe LatentSpace.writeLatent(ofTemplate: template, into: latent)
      return unsafe code(ofLatent: UnsafeBufferPointer(latent))
    }
  }
}
