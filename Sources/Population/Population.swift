// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
package import Files

/// A population of people who do not exist.
///
/// The template of identity *i* is a pure function of the description and *i*: no storage, O(1), the
/// same bits on every machine (only IEEE-exact operations in a fixed order; no libm). An identity is a
/// typicality `a`, normal and clipped, and a direction `v`, uniform on the sphere in 144 dimensions;
/// its latent vector is `(a, sqrt(1 - a^2) v)`, a unit vector.
///
/// **Draws.** A SplitMix64 stream per identity. Words 0 to 2: 144 sign bits, and 48 bits for the
/// typicality. Words 3 to 38: 144 16-bit indices into a table of half-normal magnitudes. Signs and
/// magnitudes apart, so that a code of signs needs three words and no normal deviates.
///
/// **Map.** Latent vectors reach 512 dimensions by a fixed orthonormal 512 x 145 matrix, which leaves
/// inner products unchanged. It is structured: pad with zeros, random signs, Walsh-Hadamard, random
/// signs, Walsh-Hadamard, times 2^-9. That costs 6,700 additions where a dense product costs 148,000
/// operations, spreads every latent axis over all coordinates, and is exact about order: additions and
/// subtractions only, so the bits do not depend on the SIMD width. Signs belong to the generator's
/// version, not to the seed. Work that needs only cosines may stay in the 145 latent coordinates.
@safe package struct Population: Sendable {
  /// Coordinates of a template.
  package static let dimension = Int(SL_DIMENSION)
  /// Coordinates of a latent vector: typicality, then the direction's 144.
  package static let latentDimension = Int(SL_LATENT)
  /// Identities from here on are never enrolled in a gallery: strangers, for non-mated probes.
  package static let firstStranger: UInt64 = 1 << 40

  package let description: PopulationDescription
  /// The description's digest.
  package let digest: SHA256Digest
  /// The closed forms of the model; tables inside are built when first asked.
  package let impostors: ImpostorModel

  let typicality: sl_typicality
  private let families: Families?
  private let cellTable: CellTable?

  /// The default model with this seed.
  package init(seed: UInt64) {
    self.init(checked: PopulationDescription(seed: seed))
  }

  /// Throws when the description is of a later version or asks for what this generator cannot do.
  package init(_ description: PopulationDescription) throws(PopulationError) {
    guard description.generatorVersion <= PopulationDescription.currentGenerator else {
      throw PopulationError.newer(
        format: description.formatVersion, generator: description.generatorVersion)
    }
    guard description.generatorVersion >= 1,
      description.directionDimension == Self.latentDimension - 1,
      description.templateDimension == Self.dimension
    else {
      throw PopulationError(
        .badParameter, "generator 1 has 144 direction and 512 template dimensions, no other")
    }
    let (low, high) = (description.typicalityMinimum, description.typicalityMaximum)
    guard description.typicalityMean.isFinite, description.typicalityDeviation.isFinite,
      description.typicalityDeviation >= 0, low > -1, low <= high, high < 1
    else {
      throw PopulationError(
        .badParameter,
        "typicality needs a finite mean, a deviation of 0 or more, and limits between -1 and 1")
    }
    try description.relatives?.check()
    try description.cells?.check()
    self.init(checked: description)
  }

  private init(checked description: PopulationDescription) {
    self.description = description
    digest = description.digest
    impostors = ImpostorModel(description)
    typicality = sl_typicality(
      mean: description.typicalityMean, deviation: description.typicalityDeviation,
      low: description.typicalityMinimum, high: description.typicalityMaximum)
    families = description.relatives.map { Families($0, seed: description.seed) }
    cellTable = description.cells.map { CellTable($0, seed: description.seed) }
  }

  private func start(_ identity: UInt64) -> UInt64 {
    SplitMix64(seed: description.seed, domain: .identity, identity: identity).state
  }

  /// Whether all identities are drawn from their streams alone: nobody has relatives or a cell.
  var isPlain: Bool { families == nil && cellTable == nil }
  /// Whether some are.
  var hasPlain: Bool { cellTable == nil }
  /// Whether `identity` is.
  func isPlain(_ identity: UInt64) -> Bool {
    cellTable == nil && families?.anchor(of: identity) == nil
  }

  /// The relatives of `identity`: at most one, and it lists this one in turn. O(1).
  package func relatives(of identity: UInt64) -> [Relative] {
    families?.relative(of: identity).map { [$0] } ?? []
  }

  /// The demographic cell of `identity`, by number; `nil` in a population without cells. Relatives are
  /// of one cell.
  package func cell(of identity: UInt64) -> Int? {
    cellTable?.cell(of: families?.anchor(of: identity)?.identity ?? identity)
  }

  /// How the own parts of a derived person and its anchor are to agree: normal about the mean of the
  /// kind and clipped. Members of one cell already agree by what the cell gives both.
  private func likeness(_ identity: UInt64, _ kind: Kinship) -> Double {
    guard let relatives = description.relatives else { return 0 }
    var stream = SplitMix64(seed: description.seed, domain: .likeness, identity: identity)
    let u = (Double(stream.next() >> 12) + 0.5) * 0x1p-52
    let common = cellTable?.common ?? 0
    let drawn = relatives[kind].mean + relatives.deviation * sl_normal_quantile(u)
    return min(max((drawn - common) / (1 - common), -0.99), 0.99)
  }

  /// Calls `body` with somebody who has a cell or an anchor; false where the plain way does.
  @inline(__always) private func withPerson(
    _ identity: UInt64, _ body: (OpaquePointer, sl_person, UnsafePointer<Double>?) -> Void
  ) -> Bool {
    let anchor = families?.anchor(of: identity)
    guard anchor != nil || cellTable != nil else { return false }
    var person = sl_person()
    person.start = start(identity)
    if let anchor {
      person.has_anchor = true
      person.anchor = start(anchor.identity)
      person.alike = likeness(identity, anchor.kind)
    }
    let tables = unsafe GeneratorTables.shared.pointer
    guard let cellTable else {
      unsafe body(tables, person, nil)
      return true
    }
    person.common = cellTable.common
    unsafe cellTable.withCentre(cellTable.cell(of: anchor?.identity ?? identity)) { centre in
      unsafe body(tables, person, centre)
    }
    return true
  }

  private func writePerson(_ identity: UInt64, into row: UnsafeMutablePointer<Float>) -> Bool {
    unsafe withPerson(identity) { tables, person, centre in
      unsafe sl_write_person_latent(tables, typicality, person, centre, row)
    }
  }

  /// Writes the 16 bytes of the sketch of somebody with a cell or an anchor; false, and nothing written,
  /// for all others, whose codes follow from their streams alone. `spareBounds` are the 15 cells' bounds
  /// in the bits that the typicality is drawn from, `bounds` those in the typicality.
  package func writeSketchOfPerson(
    _ identity: UInt64, spareBounds: UnsafePointer<UInt64>, bounds: UnsafePointer<Float>,
    into code: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    unsafe withPerson(identity) { tables, person, centre in
      unsafe sl_sketch_of_person(
        tables, typicality, person, centre, spareBounds, bounds, code)
    }
  }

  /// Writes the template of `identity`, the enrolled vector itself: 512 floats, a unit vector within
  /// 1e-6. About 0.25 microseconds with AVX2; up to three times that for those derived from a relative
  /// and for everybody in a population with cells.
  package func writeTemplate(of identity: UInt64, into row: UnsafeMutableBufferPointer<Float>) {
    precondition(row.count == Self.dimension, "a template has \(Self.dimension) coordinates")
    guard let row = row.baseAddress else { return }
    unsafe write(identity, GeneratorTables.shared.pointer, row)
  }

  /// Writes the templates of a range of identities one after another: `identities.count * 512` floats.
  package func writeTemplates(
    of identities: Range<UInt64>, into rows: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows.count == identities.count * Self.dimension, "the rows must just fit")
    guard var row = rows.baseAddress else { return }
    let tables = unsafe GeneratorTables.shared.pointer
    for identity in identities {
      unsafe write(identity, tables, row)
      unsafe row += Self.dimension
    }
  }

  @inline(__always) private func write(
    _ identity: UInt64, _ tables: OpaquePointer, _ row: UnsafeMutablePointer<Float>
  ) {
    if isPlain {
      unsafe sl_write_template(tables, typicality, start(identity), row)
      return
    }
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.latentDimension) { latent in
      guard let latent = latent.baseAddress else { return }
      if unsafe writePerson(identity, into: latent) {
        unsafe sl_map_latent(tables, latent, row)
      } else {
        unsafe sl_write_template(tables, typicality, start(identity), row)
      }
    }
  }

  /// Writes the 145 latent coordinates of `identity`. Inner products of latent vectors are those of
  /// templates, up to float rounding.
  package func writeLatent(of identity: UInt64, into row: UnsafeMutableBufferPointer<Float>) {
    precondition(row.count == Self.latentDimension, "a latent vector has 145 coordinates")
    guard let row = row.baseAddress, unsafe !writePerson(identity, into: row) else { return }
    unsafe sl_write_latent(
      GeneratorTables.shared.pointer, typicality, start(identity), row)
  }

  /// Writes the 145 latent coordinates of the capture that `writeCapture` writes in 512.
  @discardableResult
  package func writeLatentCapture(
    of identity: UInt64, line: QualityLine, condition: CaptureCondition = .enrolment,
    draw: UInt64, into row: UnsafeMutableBufferPointer<Float>
  ) -> Double? {
    unsafe writeLatent(of: identity, into: row)
    let genuine = condition.genuine(line)
    let drawStart = SplitMix64(
      seed: description.seed, domain: .capture, identity: identity, draw: draw
    ).state
    let shape = genuine.shape == .gumbel ? SL_GUMBEL : SL_GAUSSIAN
    let cosine = unsafe sl_write_capture_latent(
      GeneratorTables.shared.pointer, row.baseAddress, drawStart,
      sl_genuine(
        shape: shape, mode: genuine.mode, scale: genuine.scale, failure: genuine.failureRate),
      row.baseAddress)
    return cosine.isNaN ? nil : cosine
  }

  /// Writes capture number `draw` of `identity`, 512 floats, a unit vector.
  ///
  /// Its cosine with the enrolled template is a draw from the line's genuine distribution under the
  /// condition: `q v + sqrt(1 - q^2) n` with `n` uniform and orthogonal to the direction `v`. A failed
  /// capture has an unrelated direction. The same `draw` uses the same random numbers under every line
  /// and condition, so that comparisons are paired.
  ///
  /// - Returns: the cosine intended; `nil` for a failed capture.
  @discardableResult
  package func writeCapture(
    of identity: UInt64, line: QualityLine, condition: CaptureCondition = .enrolment,
    draw: UInt64, into row: UnsafeMutableBufferPointer<Float>
  ) -> Double? {
    precondition(row.count == Self.dimension, "a template has \(Self.dimension) coordinates")
    return unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.latentDimension) {
      latent in
      let cosine = unsafe writeLatentCapture(
        of: identity, line: line, condition: condition, draw: draw, into: latent)
      unsafe sl_map_latent(GeneratorTables.shared.pointer, latent.baseAddress, row.baseAddress)
      return cosine
    }
  }
}
