// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Faces
package import Files
package import Frames
package import Galleries
package import Pipeline
package import Population

/// One way to process one set of frames.
package struct FramePoint: Codable, Hashable, Sendable {
  package var frames: FrameSource
  package var scale: DecodeScale
  package var locate: LocateMode
  package var decimation: Double

  package init(
    frames: FrameSource, scale: DecodeScale, locate: LocateMode, decimation: Double
  ) {
    self.frames = frames
    self.scale = scale
    self.locate = locate
    self.decimation = decimation
  }

  var canonicalText: String {
    frames.canonicalText
      + "scale=\(scale.rawValue)\nlocate=\(locate.rawValue)\ndecimation=\(decimation)\n"
  }
}

/// All that decides what `sightline sweep` finds and what its costs are measured with.
package struct FrameSweepPlan: Codable, Hashable, Sendable {
  /// More points than anybody would wait for.
  package static let largest = 10_000

  package var population: SHA256Digest
  package var populationSeed: UInt64
  /// A folder, or `procedural:N`.
  package var gallery: String
  package var gallerySize: Int
  package var galleryDigest: SHA256Digest
  package var matcher: MatcherChoice
  /// The FPIR of one non-mated search that the threshold is set for; absent where a threshold is given.
  package var targetFpir: Double?
  package var threshold: Double
  /// What the population model expects of one non-mated search at the threshold.
  package var searchFpir: Double
  /// Workers and matcher threads: they decide the costs and no sighting.
  package var threads: Int
  /// Runs a point; costs are of the median one.
  package var rounds: Int
  /// Points that share frames follow one another.
  package var points: [FramePoint]

  /// Checks the whole; gives the first thing that is wrong.
  ///
  /// - Throws: `SweepError` with code `badPlan`; `PipelineError` where no threshold reaches the FPIR.
  package init(
    population: Population, gallery: GalleryArgument, description: GalleryDescription,
    matcher: MatcherChoice, threshold: ThresholdRule, threads: Int, rounds: Int,
    points: [FramePoint]
  ) throws {
    self.population = population.digest
    populationSeed = population.description.seed
    self.gallery = gallery.description
    gallerySize = description.size
    galleryDigest = description.digest
    self.matcher = matcher
    if case .fpir(let target) = threshold { targetFpir = target }
    let operating = try OperatingPoint(
      threshold, population: population, gallerySize: description.size)
    self.threshold = operating.threshold
    searchFpir = operating.fpir
    self.threads = threads
    self.rounds = rounds
    self.points = points
    guard (1...Self.largest).contains(points.count) else {
      throw SweepError.badPlan(
        "\(points.count) points are not from 1 to \(Self.largest); give fewer values of each option"
      )
    }
    guard Set(points.map(\.canonicalText)).count == points.count else {
      throw SweepError.badPlan("two points of the sweep are the same; name each value once")
    }
    guard (1...100).contains(rounds) else {
      throw SweepError.badPlan("give from 1 to 100 rounds, not \(rounds)")
    }
  }

  var rule: ThresholdRule { targetFpir.map { .fpir($0) } ?? .fixed(threshold) }

  private var sharedText: String {
    """
    sightline sweep
    format=\(FrameSweepResult.currentFormat)
    software=\(SoftwareVersion.current)
    population=\(population.hex)
    gallery=\(galleryDigest.hex)
    matcher=\(matcher.rawValue)
    threshold=\(threshold)
    threads=\(threads)
    rounds=\(rounds)

    """
  }

  /// One `key=value` a line; where folders lie is not in it.
  package var canonicalText: String { sharedText + points.map(\.canonicalText).joined() }
  package var digest: SHA256Digest { SHA256Digest(of: canonicalText) }

  /// Names a point and its file: equal for equal points of other plans that measure alike.
  package func id(of point: FramePoint) -> String {
    SHA256Digest(of: sharedText + point.canonicalText).prefix(6)
  }

  /// The frame sets, each once, with their points.
  var sets: [(source: FrameSource, points: [Int])] {
    var sets: [(source: FrameSource, points: [Int])] = []
    for (index, point) in points.enumerated() {
      if let known = sets.firstIndex(where: { $0.source == point.frames }) {
        sets[known].points.append(index)
      } else {
        sets.append((point.frames, [index]))
      }
    }
    return sets
  }
}
