// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
package import Frames
internal import Matching
internal import Population

/// What the whole chain made of every pass, and where it lost those that it missed.
///
/// The unit is the pass, one appearance of one person before one camera, whose marker was in full view of
/// a delivered frame at least once. Captures within a pass are alike, so rates of captures have a
/// bootstrap interval over passes.
package struct PassFigures: Codable, Hashable, Sendable {
  /// An appearance counts from this marker side on: whenever there was anything to see.
  static let minimumMarker = 1.0

  /// Passes of enrolled people that count, and of strangers.
  package var mated: Int
  package var nonMated: Int
  /// Mated passes that no sighting named rightly: FNIR of the whole chain.
  package var missed: AccuracyResult.Rate
  /// Why, the first that applies. The sum is the count of `missed`.
  package var misses: Causes
  /// Passes, of strangers too, whose marker was located in one frame or more.
  package var located: AccuracyResult.Rate
  /// Captures, that is markers in full view of delivered frames, that were located: marker recall.
  package var capturesLocated: CaptureRate
  /// Of captures located, those that were embedded; the others are failures to extract (FTX).
  package var capturesExtracted: CaptureRate
  /// Of sightings that ever named somebody, those that ever named somebody who was not there.
  package var wrong: AccuracyResult.Rate
  /// Of the wrong ones: those taken back later.
  package var retracted: Int
  /// Wrong names that the population model expects of the strangers: from one search each to one for each
  /// quality tier.
  package var expectedWrong: [Double]
  /// Largest marker side of a pass in full-resolution pixels: the smallest, the middle and the largest.
  package var markerPixels: [Double]

  /// Where a mated pass was lost.
  package struct Causes: Codable, Hashable, Sendable {
    /// Its marker was located in no frame.
    package var notLocated = 0
    /// Located, but every time below the quality floor.
    package var notExtracted = 0
    /// Searched, but no list had the mate at the threshold: the matcher's misses.
    package var belowThreshold = 0
    /// A list had the mate at the threshold, behind somebody else.
    package var outranked = 0
    /// A list had the mate first and at the threshold, and the decision over the track did not name it.
    package var undecided = 0

    package init() {}
  }

  /// A rate of captures with an interval over passes.
  package struct CaptureRate: Codable, Hashable, Sendable {
    package var count: Int
    package var trials: Int
    /// Absent without trials.
    package var rate: Double?
    package var low: Double
    package var high: Double
  }

  /// Holds what a run saw against the truth. O(passes x captures of a pass x list).
  package init(
    truth: FrameSetTruth, captures: [LoggedCapture.Key: LoggedCapture],
    sightings: [ReportedSighting], gallerySize: Int, threshold: Double, searchFPIR: Double,
    tiers: Int
  ) {
    let score = SightingScore(
      sightings, truth: truth, gallerySize: gallerySize, minimumMarker: Self.minimumMarker)
    var causes = Causes()
    var passes: [(shown: Int, located: Int, extracted: Int)] = []
    var sides: [Double] = []
    var seenAtAll = 0
    for (index, appearance) in truth.appearances.enumerated()
    where appearance.largestMarker >= Self.minimumMarker {
      let all = appearance.frames.compactMap { visible in
        captures[
          .init(camera: appearance.camera, sequence: visible.seq, marker: appearance.marker)
        ].map { (visible, $0) }
      }
      let whole = all.filter { $0.0.shown && $0.0.delivered }
      passes.append(
        (
          appearance.frames.count { $0.shown && $0.delivered }, whole.count,
          whole.count { $0.1.isEmbedded }
        ))
      sides.append(appearance.largestMarker)
      if !all.isEmpty { seenAtAll += 1 }
      guard appearance.identity < UInt64(gallerySize), !score.named.contains(index) else {
        continue
      }
      causes.add(all.map(\.1), mate: appearance.identity, threshold: threshold)
    }
    let named = sightings.count { $0.revisions.contains { $0.identity != nil } }
    mated = score.appearances
    nonMated = passes.count - score.appearances
    missed = .init(score.missed, of: score.appearances)
    misses = causes
    located = .init(seenAtAll, of: passes.count)
    capturesLocated = CaptureRate(passes.map { ($0.located, $0.shown) })
    capturesExtracted = CaptureRate(passes.map { ($0.extracted, $0.located) })
    wrong = .init(score.wrong, of: named)
    retracted = score.retracted
    let least = searchFPIR * Double(score.nonMated)
    expectedWrong = [least, least * Double(tiers)]
    sides.sort()
    markerPixels = sides.isEmpty ? [] : [sides[0], sides[sides.count / 2], sides[sides.count - 1]]
  }
}

extension PassFigures.Causes {
  /// Counts a mated pass that was missed, by the captures that were located.
  fileprivate mutating func add(_ captures: [LoggedCapture], mate: UInt64, threshold: Double) {
    // As decisions and events compare: six decimals.
    let passes = { (candidate: Candidate) in
      (Double(candidate.score) * 1e6).rounded() / 1e6 >= threshold
    }
    let lists = captures.filter(\.isEmbedded).map(\.candidates)
    if captures.isEmpty {
      notLocated += 1
    } else if lists.isEmpty {
      notExtracted += 1
    } else if lists.contains(where: { $0.first.map { $0.subject == mate && passes($0) } ?? false })
    {
      undecided += 1
    } else if lists.contains(where: { $0.contains { $0.subject == mate && passes($0) } }) {
      outranked += 1
    } else {
      belowThreshold += 1
    }
  }
}

extension PassFigures.CaptureRate {
  private static let resamples = 1_000

  /// Count and trials of every pass. The interval is a percentile bootstrap over passes at 95 %, never
  /// narrower than Wilson's over captures: no resample of errors that never happened has one.
  package init(_ passes: [(count: Int, trials: Int)]) {
    count = passes.reduce(0) { $0 + $1.count }
    trials = passes.reduce(0) { $0 + $1.trials }
    let wilson = Proportion(count, of: trials)
    rate = wilson.rate
    (low, high) = (wilson.interval.lowerBound, wilson.interval.upperBound)
    guard trials > 0 else { return }
    var random = SplitMix64(seed: 0x5eed)
    var rates: [Double] = []
    for _ in 0..<Self.resamples {
      var (hits, all) = (0, 0)
      for _ in passes.indices {
        let drawn = passes[Int(random.next().multipliedFullWidth(by: UInt64(passes.count)).high)]
        hits += drawn.count
        all += drawn.trials
      }
      if all > 0 { rates.append(Double(hits) / Double(all)) }
    }
    rates.sort()
    low = min(low, rates[rates.count / 40])
    high = max(high, rates[rates.count - 1 - rates.count / 40])
  }
}
