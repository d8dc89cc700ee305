// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Galleries
internal import Matching
package import Population
internal import SystemPackage

/// Which matcher searches.
package enum AccuracyMatcher: String, CaseIterable, Codable, Hashable, Sendable {
  case exact, int8, sketch
  /// Exact search of a procedural gallery that is drawn anew for every batch and never stored.
  case streaming

  /// Templates up to which `auto` searches a procedural gallery exactly: 2 GB of float32.
  package static let largestExact = 1_000_000

  /// What `auto` means for a gallery; the same on every machine, so that a run can be taken up elsewhere.
  ///
  /// - Throws: `FileError` when the gallery's folder cannot be read.
  package static func automatic(for gallery: GalleryArgument) throws -> AccuracyMatcher {
    switch gallery {
    case .procedural(let size): size <= largestExact ? .exact : .sketch
    case .stored:
      switch try gallery.encoding() {
      case .float32: .exact
      case .int8: .int8
      case .sketch: .sketch
      }
    }
  }

  /// Probes to search together, unless told otherwise.
  package var batch: Int {
    switch self {
    case .exact, .int8: 256
    case .sketch: 64
    case .streaming: 1024
    }
  }

  /// Bytes a template takes in the gallery searched; 0 where none is held.
  package var bytesPerTemplate: Int {
    switch self {
    case .exact: Population.dimension * MemoryLayout<Float>.size
    case .int8: Population.dimension + MemoryLayout<Float>.size
    case .sketch: SketchCode.byteCount
    case .streaming: 0
    }
  }
}

/// Searches that belong together: one gallery, line, condition and matcher.
package struct AccuracyPoint: Codable, Hashable, Sendable {
  /// A folder, or `procedural:N`.
  package var gallery: String
  package var gallerySize: Int
  package var line: QualityLine
  package var condition: String
  package var matcher: AccuracyMatcher
  /// Codes a sketch search reranks; `nil` for the matcher's own choice, and for other matchers.
  package var listLength: Int?

  package init(
    gallery: String, gallerySize: Int, line: QualityLine, condition: CaptureCondition,
    matcher: AccuracyMatcher, listLength: Int? = nil
  ) {
    self.gallery = gallery
    self.gallerySize = gallerySize
    self.line = line
    self.condition = condition.description
    self.matcher = matcher
    self.listLength = listLength
  }

  /// What decides its outcomes, beside what all points share, one `key=value` a line. Neither threads
  /// nor batch are among it, nor where a folder lies: they decide no outcome.
  var canonicalText: String {
    let genuine = line.genuine
    return """
      gallery-size=\(gallerySize)
      line=\(line.name)
      shape=\(genuine.shape.rawValue)
      mode=\(genuine.mode)
      scale=\(genuine.scale)
      failure=\(genuine.failureRate)
      condition=\(condition)
      matcher=\(matcher.rawValue)
      list=\(listLength.map(String.init) ?? "default")

      """
  }
}

/// All that decides what a run of `sightline accuracy` finds.
package struct AccuracyPlan: Codable, Hashable, Sendable {
  /// The most searches of one sort.
  package static let largestSample = 1_000_000
  /// Searches need so many expected alarms for an FPIR to be stated: below 3/n, no alarm among n searches
  /// would be nothing to wonder at ("rule of three").
  package static let fewestAlarms = 3.0
  /// Expected alarms from which an FPIR stands within 30 % (G. R. Doddington's rule of 30).
  package static let enoughAlarms = 30.0

  /// Digest of the population that galleries and probes are drawn from.
  package var population: SHA256Digest
  /// Seed of that population.
  package var populationSeed: UInt64
  /// Decides whom the probes show, their captures, and the bootstrap.
  package var probeSeed: UInt64
  package var mated: Int
  package var nonMated: Int
  /// Candidates a search returns.
  package var k: Int
  /// FPIRs to state, falling.
  package var fpir: [Double]
  package var points: [AccuracyPoint]
  /// Non-mated probes that are searched exactly as well where a matcher is approximate; `nil` for none.
  package var reference: Int?
  /// Who is related to whom, and demographic cells; parts of the population, without which its digest cannot
  /// be drawn again.
  package private(set) var relatives: Relatives?
  package private(set) var cells: DemographicCells?
  /// Searches for each kind of relative of people not enrolled whose relative is; `nil` for none.
  package var kin: Int?

  /// Checks the whole; gives the first thing that is wrong.
  ///
  /// - Throws: `EvaluationError` with code `badPlan`.
  package init(
    population: Population, probeSeed: UInt64, mated: Int, nonMated: Int, k: Int, fpir: [Double],
    points: [AccuracyPoint], reference: Int? = nil, kin: Int? = nil
  ) throws(EvaluationError) {
    self.population = population.digest
    populationSeed = population.description.seed
    self.probeSeed = probeSeed
    self.mated = mated
    self.nonMated = nonMated
    self.k = k
    self.fpir = Set(fpir).sorted(by: >)
    self.points = points
    self.reference = reference
    relatives = population.description.relatives
    cells = population.description.cells
    self.kin = kin
    try check()
  }

  /// Templates that every gallery has, and among which the mates are.
  package var sharedSize: Int { points.map(\.gallerySize).min() ?? 0 }

  /// The population, drawn again from what the plan says of it.
  ///
  /// - Throws: `PopulationError` where it says what cannot be.
  package func describedPopulation() throws(PopulationError) -> Population {
    var description = PopulationDescription(seed: populationSeed)
    description.relatives = relatives
    description.cells = cells
    return try Population(description)
  }

  private func check() throws(EvaluationError) {
    guard (1...Self.largestSample).contains(mated) else {
      throw .badPlan("give from 1 to \(Self.largestSample) mated probes, not \(mated)")
    }
    guard (1...Self.largestSample).contains(nonMated) else {
      throw .badPlan("give from 1 to \(Self.largestSample) non-mated probes, not \(nonMated)")
    }
    guard (1...1000).contains(k) else {
      throw .badPlan("a list has from 1 to 1000 candidates, not \(k)")
    }
    guard !points.isEmpty, !fpir.isEmpty else {
      throw .badPlan("give at least one gallery, line, condition and FPIR")
    }
    guard mated <= sharedSize else {
      throw .badPlan(
        "\(mated) mated probes need as many people enrolled, and the smallest gallery has "
          + "\(sharedSize); ask for fewer with --mated")
    }
    guard reference.map({ (1...nonMated).contains($0) }) ?? true else {
      throw .badPlan("give from 1 to \(nonMated) probes, all that are non-mated, to --reference")
    }
    if let relatives, let large = points.map(\.gallerySize).max(), large > relatives.population {
      throw .badPlan(
        "a nation of \(relatives.population) cannot fill a gallery of \(large); give a larger --nation"
      )
    }
    if let kin {
      guard relatives != nil else {
        throw .badPlan("--kin searches for relatives, and nobody has any; add --nation")
      }
      guard (1...100_000).contains(kin) else {
        throw .badPlan("give from 1 to 100000 searches to --kin, not \(kin)")
      }
    }
    for rate in fpir {
      guard rate > 0, rate < 1 else {
        throw .badPlan("an FPIR lies between 0 and 1, such as 0.003; \(rate) does not")
      }
      // A whole expected count must not be lost to the last digit of a product.
      guard rate * Double(nonMated) >= Self.fewestAlarms - 1e-9 else {
        let enough = Int((Self.fewestAlarms / rate).rounded(.up))
        throw .badPlan(
          "\(nonMated) non-mated searches cannot show an FPIR of \(rate): it is below 3/n; ask for "
            + "--nonmated \(enough) at least, or leave that FPIR out")
      }
    }
    guard Set(points.map(\.canonicalText)).count == points.count else {
      throw .badPlan("two points of the sweep are the same; name each value once")
    }
  }

  private var sharedText: String {
    """
    sightline accuracy
    format=\(AccuracyResult.currentFormat)
    population=\(population.hex)
    probe-seed=\(probeSeed)
    mated=\(mated)
    non-mated=\(nonMated)
    shared-size=\(sharedSize)
    k=\(k)

    """
  }

  /// What decides all outcomes and what is stated of them.
  package var canonicalText: String {
    sharedText + points.map(\.canonicalText).joined()
      + "fpir=\(fpir.map { "\($0)" }.joined(separator: ","))\n"
      + (reference.map { "reference=\($0)\n" } ?? "") + (kin.map { "kin=\($0)\n" } ?? "")
  }

  package var digest: SHA256Digest { SHA256Digest(of: canonicalText) }

  /// Digest of what decides the outcomes: other FPIRs may be stated of the same searches.
  var outcomesDigest: SHA256Digest {
    SHA256Digest(of: sharedText + points.map(\.canonicalText).joined())
  }

  /// The first thing in which `other` has other outcomes, in words.
  func difference(from other: AccuracyPlan) -> String {
    let mine = (sharedText + points.map(\.canonicalText).joined()).split(separator: "\n")
    let its = (other.sharedText + other.points.map(\.canonicalText).joined()).split(separator: "\n")
    let pair = zip(mine, its).first { $0 != $1 }
    return pair.map { "\($0), not \($1)" } ?? "\(points.count) points, not \(other.points.count)"
  }

  /// What decides the outcomes of one point. Other FPIRs, or other points beside it, leave it as it is.
  func canonicalText(of point: AccuracyPoint) -> String { sharedText + point.canonicalText }

  /// What decides the scores of exact search beside a point: all but its matcher.
  func canonicalText(ofReference point: AccuracyPoint) -> String {
    var point = point
    (point.matcher, point.listLength) = (.exact, nil)
    return "reference\n" + canonicalText(of: point)
  }

  /// Names a point and its outcome file.
  package func id(of point: AccuracyPoint) -> String {
    SHA256Digest(of: canonicalText(of: point)).prefix(6)
  }
}
