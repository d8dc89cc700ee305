// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Evaluation
internal import Files
internal import FoundationEssentials
package import SystemPackage

extension ClaimVerdict {
  struct Part {
    let title: String
    let paragraphs: [String]
  }

  /// The paragraphs of the text, for a page.
  var plainParts: [Part] {
    var parts: [Part] = []
    if let size = claim.gallerySize, !figures.isEmpty {
      parts = [
        Part(title: "What the figure is", paragraphs: figureParagraphs(size)),
        Part(title: "What it leaves out", paragraphs: leftOutParagraphs(size)),
      ]
    }
    if let record {
      parts.append(Part(title: "What was observed", paragraphs: recordParagraphs(record)))
    }
    return parts
  }

  /// Reads what `sightline claim --json` wrote.
  ///
  /// - Throws: `FileError`; `EvaluationError` with code `newerVersion` or `badClaim`.
  package static func read(_ path: FilePath) throws -> ClaimVerdict {
    struct Version: Codable { var version: Int }
    let data = Data(try WholeFile.read(path, limit: 1 << 28))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      VerdictKey(snake: path[path.count - 1].stringValue)
    }
    guard let version = try? decoder.decode(Version.self, from: data) else {
      throw EvaluationError(
        .badClaim, "\(path) is no verdict; give what `sightline claim --json` wrote, or a YAML file"
      )
    }
    guard version.version <= currentVersion else {
      throw EvaluationError(
        .newerVersion,
        "\(path) is of version \(version.version), and this sightline reads up to \(currentVersion); "
          + "use a newer one")
    }
    do {
      let verdict = try decoder.decode(ClaimVerdict.self, from: data)
      try verdict.claim.check()
      return verdict
    } catch {
      throw EvaluationError(
        .badClaim, "\(path) is a damaged verdict; make it again with `sightline claim --json`")
    }
  }
}

/// A key in snake case as the property it is of; abbreviations stand in capitals there.
private struct VerdictKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(snake: String) {
    let words = snake.split(separator: "_").map(String.init)
    let rest = words.dropFirst().map { word in
      ["fpir", "fmr"].contains(word)
        ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst()
    }
    stringValue = (words.first ?? "") + rest.joined()
  }

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
