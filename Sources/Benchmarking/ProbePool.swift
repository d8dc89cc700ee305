// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import Galleries
package import Matching
package import Population
package import SystemPackage

/// The probes of a benchmark and what is known about them.
///
/// Mated and non-mated in turn, so that every batch has both. Everything follows from the seed.
package struct ProbePool: Sendable {
  package let probes: ProbeBatch
  /// Whom each probe shows, where that is enrolled and known.
  package let mates: [UInt64?]
  /// The candidates whose agreement counts as that of false alarms: of these probes, and never a mate.
  package let alarmProbes: [Int]
  /// The cosine from which a candidate is an alarm; `nil` where only the reference's scores can tell.
  package let threshold: Double?
  /// In words, for reports.
  package let origin: String

  package var count: Int { probes.count }

  /// Captures of `each` enrolled people and of as many strangers.
  package init(
    population: Population, size: Int, each: Int, line: QualityLine, fpir: Double, seed: UInt64
  ) throws {
    var draws = SplitMix64(seed: SplitMix64.mixed(seed ^ 0x6265_6e63_6870_726f))
    var batch = ProbeBatch(dimension: Population.dimension, capacity: 2 * each)
    var mates: [UInt64?] = []
    var row = [Float](repeating: 0, count: Population.dimension)
    for index in 0..<each {
      let mate = UInt64.random(in: 0..<UInt64(size), using: &draws)
      for identity in [mate, Population.firstStranger + UInt64(index)] {
        unsafe row.withUnsafeMutableBufferPointer {
          _ = unsafe population.writeCapture(
            of: identity, line: line, draw: UInt64(index), into: $0)
        }
        try batch.append(row)
        mates.append(identity == mate ? mate : nil)
      }
    }
    probes = batch
    self.mates = mates
    alarmProbes = mates.indices.filter { mates[$0] == nil }
    threshold = population.impostors.threshold(fpir: fpir, gallerySize: size)
    origin = "\(each) mated and \(each) non-mated captures of line \(line.name)"
  }

  /// Rows of the gallery turned away by noise until their cosine with the row is `cosine`: for vectors
  /// whose people nobody knows. Every probe is mated; alarms are the candidates that are not the mate.
  package init(
    rowsOf source: any TemplateSource, count: Int, cosine: Double, seed: UInt64
  ) throws {
    let rows = source.templates
    var draws = SplitMix64(seed: SplitMix64.mixed(seed ^ 0x6265_6e63_6870_726f))
    var batch = ProbeBatch(dimension: rows.dimension, capacity: count)
    var mates: [UInt64?] = []
    var tried = 0
    while batch.count < count {
      tried += 1
      guard tried <= 100 * count else {
        throw BenchmarkError(
          .badProbes, "hardly a row of the gallery is a unit vector; divide its rows by their norms"
        )
      }
      let mate = Int.random(in: 0..<rows.count, using: &draws)
      let row = unsafe rows.withTemplates(mate..<mate + 1) { unsafe Array($0) }
      guard let probe = Self.turned(row, to: cosine, &draws) else { continue }
      try batch.append(probe)
      mates.append(UInt64(mate))
    }
    probes = batch
    self.mates = mates
    alarmProbes = Array(mates.indices)
    threshold = nil
    origin = "\(count) rows of the gallery, turned by noise to a cosine of \(cosine)"
  }

  /// The rows of an `.fbin` file, divided by their norms; nothing is known about mates.
  package init(file path: FilePath, dimension: Int, limit: Int) throws {
    let file = try VectorFile(path)
    guard file.dimension == dimension, file.count >= 1 else {
      throw BenchmarkError(
        .badProbes,
        "\(path) holds \(file.count) x \(file.dimension) floats; probes of this gallery have "
          + "\(dimension) coordinates")
    }
    let count = min(file.count, limit)
    var batch = ProbeBatch(dimension: dimension, capacity: count)
    for index in 0..<count {
      let row = unsafe file.withRow(index) { unsafe Array($0) }
      let norm = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard norm.isFinite, norm > 0 else {
        throw BenchmarkError(
          .badProbes, "\(path): row \(index) has norm \(norm); leave it out of the file")
      }
      try batch.append(row.map { Float(Double($0) / norm) })
    }
    probes = batch
    mates = Array(repeating: nil, count: count)
    alarmProbes = Array(0..<count)
    threshold = nil
    origin = "the first \(count) rows of \(path), mates unknown"
  }

  /// A batch of `count` probes from number `first` on, beginning anew at the end.
  package func batch(from first: Int, count: Int) throws -> ProbeBatch {
    var batch = ProbeBatch(dimension: probes.dimension, capacity: count)
    for offset in 0..<count {
      try unsafe probes.withRow((first + offset) % self.count) { try unsafe batch.append($0) }
    }
    return batch
  }

  /// A unit vector at `cosine` to `row`; `nil` unless `row` is a unit vector itself.
  private static func turned(
    _ row: [Float], to cosine: Double, _ draws: inout SplitMix64
  ) -> [Float]? {
    let square = row.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard square.isFinite, (square.squareRoot() - 1).magnitude < 1e-3 else { return nil }
    let unit = row.map { Double($0) / square.squareRoot() }
    // Sums of uniform draws are near enough to normal for a direction.
    var noise = unit.map { _ in
      (0..<4).reduce(0.0) { sum, _ in sum + Double.random(in: -1...1, using: &draws) }
    }
    let along = zip(noise, unit).reduce(0.0) { $0 + $1.0 * $1.1 }
    for i in noise.indices { noise[i] -= along * unit[i] }
    let length = noise.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    guard length > 1e-9 else { return row }
    let sine = (1 - cosine * cosine).squareRoot()
    return unit.indices.map { Float(cosine * unit[$0] + sine * noise[$0] / length) }
  }
}
