// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
package import Matching
package import Population

/// Probes whose truth is known: captures of people enrolled in a gallery, then captures of strangers.
package struct LabelledProbes: Sendable {
  package let population: Population
  package let line: QualityLine
  package let condition: CaptureCondition
  /// Number of the capture that is taken of everybody.
  package let draw: UInt64
  /// Whom the mated probes show.
  package let mated: [UInt64]
  /// Whom the others show: nobody of any gallery.
  package let strangers: [UInt64]
  /// The probes, mated ones first.
  package let batch: ProbeBatch

  /// Captures of `mated` people spread evenly over identities `0 ..< gallerySize`, and of the first
  /// `nonMated` strangers. Who somebody is says nothing about how they look, so even steps are as good
  /// as lots. O(probes); 2 KiB a probe.
  package init(
    _ population: Population, gallerySize: Int, mated: Int, nonMated: Int,
    line: QualityLine = .default, condition: CaptureCondition = .enrolment, draw: UInt64 = 0
  ) throws {
    guard mated >= 0, nonMated >= 0, mated <= gallerySize, mated + nonMated <= 1_000_000 else {
      throw EvaluationError(
        .badProbes,
        "\(mated) mated and \(nonMated) other probes of a gallery of \(gallerySize): give at most one "
          + "mated probe a template, and a million in all")
    }
    let people = (0..<UInt64(mated)).map { $0 * UInt64(gallerySize) / UInt64(mated) }
    let others = (0..<UInt64(nonMated)).map { Population.firstStranger + $0 }
    var batch = ProbeBatch(dimension: Population.dimension, capacity: mated + nonMated)
    try unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.dimension) {
      row in
      for identity in people + others {
        unsafe population.writeCapture(
          of: identity, line: line, condition: condition, draw: draw, into: row)
        try unsafe batch.append(UnsafeBufferPointer(row))
      }
    }
    self.population = population
    self.line = line
    self.condition = condition
    self.draw = draw
    self.mated = people
    strangers = others
    self.batch = batch
  }

  /// Number of probes.
  package var count: Int { batch.count }

  /// Who each probe shows; `nil` for a stranger.
  package var mates: [UInt64?] { mated.map { $0 } + strangers.map { _ in nil } }

  /// Probes `range` as a batch of their own.
  package func batch(_ range: Range<Int>) throws -> ProbeBatch {
    var part = ProbeBatch(dimension: Population.dimension, capacity: range.count)
    for probe in range {
      try unsafe batch.withRow(probe) { try unsafe part.append($0) }
    }
    return part
  }

  /// One `key=value` a line. The probes' own digest comes last, so that probes drawn in another way
  /// are other probes even under the same labels.
  package var canonicalText: String {
    let rows = unsafe batch.withRows { unsafe SHA256Digest(of: UnsafeRawBufferPointer($0)) }
    return """
      population=\(population.digest.hex)
      line=\(line.name)
      shape=\(line.genuine.shape.rawValue)
      condition=\(condition)
      draw=\(draw)
      mated=\(mated.count)
      non-mated=\(strangers.count)
      probes=\(rows.hex)

      """
  }
}
