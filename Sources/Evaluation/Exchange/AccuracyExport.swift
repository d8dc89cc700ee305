// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Matching
package import SystemPackage

/// Outcomes in forms that other tools read.
package enum AccuracyExport {
  package enum Format: String, CaseIterable, Sendable {
    /// bob.bio's four columns: claimed, real, label, score.
    case scores4
    /// The same with the template's label second.
    case scores5
    /// pyeer's lists of genuine and impostor scores, and its histogram of impostor scores.
    case pyeer
    /// Every curve of the result.
    case csv
    /// One search a line, as JSON.
    case candidates
  }

  /// A file to write.
  package struct File: Hashable, Sendable {
    package var path: FilePath
    package var text: String
  }

  /// The files of `format` for one point, at `path` or, where there are several, beside it.
  package static func files(
    _ format: Format, _ outcomes: [SearchOutcome], room: Int, to path: FilePath
  ) throws -> [File] {
    switch format {
    case .scores4: [File(path: path, text: scoreColumns(outcomes, room: room, withModel: false))]
    case .scores5: [File(path: path, text: scoreColumns(outcomes, room: room, withModel: true))]
    case .pyeer: pyeer(SearchSample(outcomes, room: room), to: path)
    case .candidates: [File(path: path, text: try candidateLines(outcomes))]
    case .csv: preconditionFailure("curves are of a result, not of outcomes")
    }
  }

  /// The file of all curves of a result.
  package static func curves(of result: AccuracyResult, to path: FilePath) -> [File] {
    [File(path: path, text: CurveTable.text(result))]
  }

  /// One line a candidate, named by identity; the probe by its number. A mate whom the list does not hold
  /// has a line with its true score, or with `nan`, which bob counts as a failure to acquire, where the
  /// capture failed or the matcher lost it.
  package static func scoreColumns(
    _ outcomes: [SearchOutcome], room: Int, withModel: Bool
  ) -> String {
    var text = ""
    for (probe, outcome) in outcomes.enumerated() {
      var candidates = outcome.candidates
      if outcome.isMated, outcome.rank == nil {
        let score = outcome.isLost(room: room) ? nil : outcome.mateScore
        candidates.append(Candidate(subject: outcome.subject, score: score ?? .nan))
      }
      let columns = candidates.map { candidate in
        ScoreColumns(
          claimed: "\(candidate.subject)", model: withModel ? "t\(candidate.subject)" : nil,
          real: "\(outcome.subject)", label: "p\(probe)", score: candidate.score)
      }
      text += ScoreColumns.text(columns)
    }
    return text
  }

  /// Steps of pyeer's integer scores, to one of cosine.
  package static let histogramScale: Float = 10_000

  /// `PATH-genuine.txt` and `PATH-impostor.txt`, a score a line; `PATH-genuine-bins.txt`, the same as
  /// whole numbers, and `PATH-impostor-histogram.txt`, whose line i counts the impostor scores i, for
  /// pyeer's `--hist`. Whole scores are (cosine + 1) x 10,000 rounded down.
  static func pyeer(_ sample: SearchSample, to path: FilePath) -> [File] {
    let name = path.lastComponent?.stem ?? "scores"
    let file = { (kind: String, lines: [String]) in
      File(
        path: path.removingLastComponent().appending("\(name)-\(kind).txt"),
        text: lines.map { $0 + "\n" }.joined())
    }
    let (genuine, impostors) = (sample.genuineScores, sample.impostorScores)
    var histogram = [Int](repeating: 0, count: bin(impostors.max() ?? -1) + 1)
    for score in impostors { histogram[bin(score)] += 1 }
    return [
      file("genuine", genuine.map { "\($0)" }), file("impostor", impostors.map { "\($0)" }),
      file("genuine-bins", genuine.map { "\(bin($0))" }),
      file("impostor-histogram", histogram.map { "\($0)" }),
    ]
  }

  /// A score as a whole number from 0.
  package static func bin(_ score: Float) -> Int {
    Int(((max(score, -1) + 1) * histogramScale).rounded(.down))
  }

  // MARK: - Candidate lists

  /// One search as a JSON object; no truth is kept from it, unlike from events.
  private struct Line: Codable {
    struct Entry: Codable {
      var subject: UInt64
      var score: Float
    }

    var probe: Int
    var subject: UInt64
    var mated: Bool
    var failed: Bool
    var mateScore: Float?
    var mateRank: Int?
    var candidates: [Entry]
  }

  package static func candidateLines(_ outcomes: [SearchOutcome]) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    return try outcomes.enumerated().map { probe, outcome in
      let line = Line(
        probe: probe, subject: outcome.subject, mated: outcome.isMated, failed: outcome.failed,
        mateScore: outcome.mateScore, mateRank: outcome.rank,
        candidates: outcome.candidates.map { .init(subject: $0.subject, score: $0.score) })
      return String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
    }.joined()
  }

  /// Reads what `candidateLines` wrote.
  ///
  /// - Throws: `EvaluationError` with code `badRun`, naming the line.
  package static func outcomes(fromLines text: String) throws -> [SearchOutcome] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try text.split(separator: "\n").enumerated().map { number, line in
      guard let read = try? decoder.decode(Line.self, from: Data(line.utf8)) else {
        throw EvaluationError.badRun("line \(number + 1) is no search of a candidate list file")
      }
      return SearchOutcome(
        subject: read.subject, isMated: read.mated, failed: read.failed,
        mateScore: read.mateScore,
        candidates: read.candidates.map { Candidate(subject: $0.subject, score: $0.score) })
    }
  }
}
