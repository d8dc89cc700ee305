// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Matching
package import Population

/// The labelled probes of a point: captures of enrolled people, then captures of strangers.
///
/// Everybody is probed once, so searches are independent given the gallery. All points of a plan have the
/// same people, with the same random numbers under every line and condition, so that differences between
/// points are paired.
package struct LabelledSearches: Sendable {
  package let population: Population
  package let line: QualityLine
  package let condition: CaptureCondition
  package let mated: Int
  package let nonMated: Int
  private let sharedSize: Int
  private let seed: UInt64

  /// Streams of whom the probes show; beyond the population's own domains.
  private static let domain = SplitMix64.Domain(number: 101)

  package init(
    _ plan: AccuracyPlan, population: Population, line: QualityLine, condition: CaptureCondition
  ) {
    self.population = population
    self.line = line
    self.condition = condition
    mated = plan.mated
    nonMated = plan.nonMated
    sharedSize = plan.sharedSize
    seed = plan.probeSeed
  }

  /// Number of probes.
  package var count: Int { mated + nonMated }

  /// Whether probe number `probe` shows somebody enrolled.
  package func isMated(_ probe: Int) -> Bool { probe < mated }

  /// Whom probe number `probe` shows. Mates are drawn one from each of equal parts of the smallest
  /// gallery, so they are spread over it and no two are the same; strangers follow one another from a
  /// place that the seed gives. O(1).
  package func subject(_ probe: Int) -> UInt64 {
    guard isMated(probe) else {
      let place = SplitMix64(seed: seed, domain: Self.domain, identity: .max).state >> 24
      return Population.firstStranger + place + UInt64(probe - mated)
    }
    // Products of counts below 2^20 and 2^40 fit.
    let low = UInt64(probe) * UInt64(sharedSize) / UInt64(mated)
    let high = UInt64(probe + 1) * UInt64(sharedSize) / UInt64(mated)
    var stream = SplitMix64(seed: seed, domain: Self.domain, identity: UInt64(probe))
    return low + (high - low).multipliedFullWidth(by: stream.next()).high
  }

  /// Draws probe number `probe` into `row`, 512 floats; `false` for a failed capture.
  func write(_ probe: Int, into row: UnsafeMutableBufferPointer<Float>) -> Bool {
    unsafe population.writeCapture(
      of: subject(probe), line: line, condition: condition, draw: seed, into: row) != nil
  }
}
