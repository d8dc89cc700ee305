// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Matching
internal import Population
internal import SystemPackage

/// The best scores of the first non-mated probes by exact search, to hold an approximate matcher against.
///
/// The gallery is drawn block by block and not stored (`StreamingMatcher`), so this fits anywhere. Pieces
/// of 2,048 probes, which share a drawing, are kept as they come.
struct ReferenceSearch {
  private static let piece = StreamingMatcher.panelSize

  /// What the file holds.
  private struct Record: Codable {
    static let currentFormat = 1

    var formatVersion = Self.currentFormat
    var searches: SHA256Digest
    /// Best scores so far; -2 for a failed capture.
    var best: [Float]
    /// SHA-256 of the scores' bit patterns.
    var digest: SHA256Digest

    init(_ searches: SHA256Digest, _ best: [Float]) {
      self.searches = searches
      self.best = best
      digest = Self.digest(of: best)
    }

    static func digest(of best: [Float]) -> SHA256Digest {
      var bytes: [UInt8] = []
      for score in best { bytes.append(score.bitPattern) }
      return SHA256Digest(of: bytes)
    }
  }

  let searches: LabelledSearches
  let gallerySize: Int
  let count: Int
  /// Names the searches: equal for all matchers of one gallery, line and condition.
  let digest: SHA256Digest

  init(_ plan: AccuracyPlan, _ point: AccuracyPoint, _ searches: LabelledSearches) {
    self.searches = searches
    gallerySize = point.gallerySize
    count = min(plan.reference ?? 0, plan.nonMated)
    digest = SHA256Digest(of: plan.canonicalText(ofReference: point))
  }

  /// The scores, in the order of the probes; those that the folder lacks are searched.
  func find(
    in folder: FilePath, threads: Int, progress: @escaping @Sendable (_ done: Int) -> Void
  ) async throws -> [Float] {
    let path = folder.appending("\(digest.prefix(6)).reference.json")
    var best = read(path)
    let matcher = try StreamingMatcher(
      population: searches.population, size: gallerySize, threads: threads)
    while best.count < count {
      let block = best.count..<min(best.count + Self.piece, count)
      let probes = searches.mated + block.lowerBound..<searches.mated + block.upperBound
      let (outcomes, _) = try await SearchBlock(searches, probes).outcomes {
        try await matcher.search($0, k: 1, within: 0..<UInt64(gallerySize)) { done, total in
          // The last one is told when it is kept.
          progress(block.lowerBound + min(block.count * done / max(total, 1), block.count - 1))
        }
      }
      best += outcomes.map { $0.candidates.first?.score ?? -2 }
      try WholeFile.write(
        Array(try AccuracyFolder.encoder.encode(Record(digest, best))), to: path)
      progress(best.count)
    }
    return Array(best.prefix(count))
  }

  /// What is there and whole; a file that is not is made anew.
  private func read(_ path: FilePath) -> [Float] {
    guard let bytes = try? WholeFile.read(path, limit: 1 << 28),
      let record = try? AccuracyFolder.decoder.decode(Record.self, from: Data(bytes)),
      record.formatVersion == Record.currentFormat, record.searches == digest,
      record.digest == Record.digest(of: record.best)
    else { return [] }
    return record.best
  }
}

extension AccuracyResult.Recall {
  /// What a sample found of the alarms of exact search. An alarm of the matcher is one of exact search too,
  /// since its scores are exact; only what it missed rests on the reference.
  init(_ sample: SearchSample, exact: [Float], thresholds: [Float]) {
    probes = exact.count
    mates = .init(sample.expectedMates - sample.lost.count { $0 }, of: sample.expectedMates)
    alarms = thresholds.map { threshold in
      let pairs = Array(zip(exact, sample.alarmScores))
      return AccuracyResult.AlarmRecall(
        threshold: threshold,
        found: .init(
          pairs.count { $1 >= threshold }, of: pairs.count { $0 >= threshold || $1 >= threshold }))
    }
  }
}
