// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
package import SystemPackage

/// Searches with known truth that were really made, to stand in the place of predictions.
package struct ClaimMeasurement: Codable, Hashable, Sendable {
  package var gallerySize: Int
  package var line: String
  package var condition: String
  package var reading: ClaimReading
  /// Mates found, of mated searches.
  package var found: Proportion

  package init(
    gallerySize: Int, line: String, condition: String, reading: ClaimReading, found: Proportion
  ) {
    self.gallerySize = gallerySize
    self.line = line
    self.condition = condition
    self.reading = reading
    self.found = found
  }

  /// Whether it speaks for a gallery of `size`: it was made on at least nine tenths of that.
  package func supports(_ size: Int) -> Bool { Double(gallerySize) >= 0.9 * Double(size) }
}

extension ClaimMeasurement {
  /// The result of `sightline accuracy`, as far as a claim needs it.
  private struct Result: Decodable {
    struct Rate: Decodable {
      let count: Int
      let trials: Int
    }
    struct Rank: Decodable {
      let rank: Int
      let miss: Rate
    }
    struct Operating: Decodable {
      let targetFpir: Double
      let tpir: Rate
    }
    struct Point: Decodable {
      let gallerySize: Int
      let line: String
      let condition: String
      let missByRank: [Rank]
      let operating: [Operating]
    }
    let formatVersion: Int
    let points: [Point]
  }

  /// Reads what a run of `sightline accuracy` measured: its folder, or the `result.json` in it.
  ///
  /// - Throws: `FileError`, or `EvaluationError` for a file that is no such result.
  package static func all(in path: FilePath) throws -> [ClaimMeasurement] {
    let file =
      path.extension == "json" ? path : path.appending("result.json")
    let bytes = try WholeFile.read(file, limit: 1 << 28)
    let bad = { (words: String) in EvaluationError(.badMeasurement, "\(file): \(words)") }
    let result: Result
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      result = try decoder.decode(Result.self, from: Data(bytes))
    } catch {
      throw bad("is no result of `sightline accuracy`; give the folder of a finished run")
    }
    guard result.formatVersion == 1 else {
      throw bad("has format \(result.formatVersion), and this program knows 1; use a newer one")
    }
    func proportion(_ rate: Result.Rate, missed: Bool) throws -> Proportion {
      guard rate.count >= 0, rate.count <= rate.trials else {
        throw bad("counts \(rate.count) of \(rate.trials); the file is damaged, make it again")
      }
      return Proportion(missed ? rate.trials - rate.count : rate.count, of: rate.trials)
    }
    var all: [ClaimMeasurement] = []
    for point in result.points {
      func add(_ reading: ClaimReading, _ found: Proportion) {
        all.append(
          ClaimMeasurement(
            gallerySize: point.gallerySize, line: point.line, condition: point.condition,
            reading: reading, found: found))
      }
      for rank in point.missByRank where rank.rank >= 1 {
        add(.rank(rank.rank), try proportion(rank.miss, missed: true))
      }
      for operating in point.operating {
        add(.tpir(fpir: operating.targetFpir), try proportion(operating.tpir, missed: false))
      }
    }
    return all
  }
}
