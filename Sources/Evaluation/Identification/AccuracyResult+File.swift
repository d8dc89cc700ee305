// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Glibc
package import SystemPackage

extension AccuracyResult {
  /// Reads the result in a run folder, or in a file by itself.
  ///
  /// - Throws: `FileError`; `EvaluationError` with code `newerVersion` or `badRun`.
  package static func read(_ path: FilePath) throws -> AccuracyResult {
    var status = stat()
    let isFolder =
      unsafe path.withPlatformString { unsafe stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
    let file = isFolder ? path.appending(AccuracyFolder.resultName) : path
    let data = Data(try WholeFile.read(file, limit: 1 << 30))
    struct Version: Codable { var formatVersion: Int }
    guard let version = try? AccuracyFolder.decoder.decode(Version.self, from: data) else {
      throw EvaluationError.badRun("\(file) is no result of `sightline accuracy`")
    }
    guard version.formatVersion <= currentFormat else {
      throw EvaluationError(
        .newerVersion,
        "\(file) is of format \(version.formatVersion), and this sightline reads up to "
          + "\(currentFormat); use a newer one")
    }
    do {
      return try AccuracyFolder.decoder.decode(AccuracyResult.self, from: data)
    } catch {
      throw EvaluationError.badRun("\(file) is damaged or no result of `sightline accuracy`")
    }
  }

  /// The bytes of `result.json`.
  package func encoded() throws -> String {
    String(decoding: try AccuracyFolder.encoder.encode(self), as: UTF8.self)
  }
}
