// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Glibc
package import SystemPackage

extension FrameSweepResult {
  /// Whether a folder or file is of a sweep, by a look at its result's kind.
  package static func isSweep(_ path: FilePath) -> Bool {
    struct Kind: Codable { var kind: String }
    guard let bytes = try? WholeFile.read(file(path), limit: 1 << 30) else {
      // A sweep that is not finished has no result: it is told by its plan.
      let plan = path.appending(SweepFolder.planName)
      guard let bytes = try? WholeFile.read(plan, limit: 1 << 26) else { return false }
      return (try? SweepFolder.decoder.decode(Kind.self, from: Data(bytes)))?.kind == kind
    }
    return (try? SweepFolder.decoder.decode(Kind.self, from: Data(bytes)))?.kind == kind
  }

  /// Reads the result in a sweep's folder, or in a file by itself.
  ///
  /// - Throws: `FileError`; `SweepError` with code `newerVersion` or `badSweep`.
  package static func read(_ path: FilePath) throws -> FrameSweepResult {
    let file = file(path)
    guard path != file, !WholeFile.exists(file) else { return try decode(file) }
    throw SweepError.badSweep(
      "\(path) has no result yet; run its `sightline sweep` again to finish it")
  }

  private static func decode(_ file: FilePath) throws -> FrameSweepResult {
    let bytes = try WholeFile.read(file, limit: 1 << 30)
    try SweepFolder.checkVersion(bytes, "\(file)")
    do {
      return try SweepFolder.decoder.decode(FrameSweepResult.self, from: Data(bytes))
    } catch {
      throw SweepError.badSweep("\(file) is damaged or no result of `sightline sweep`")
    }
  }

  private static func file(_ path: FilePath) -> FilePath {
    var status = stat()
    let isFolder =
      unsafe path.withPlatformString { unsafe stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
    return isFolder ? path.appending(SweepFolder.resultName) : path
  }

  /// The bytes of `result.json`.
  package func encoded() throws -> String {
    String(decoding: try SweepFolder.encoder.encode(self), as: UTF8.self)
  }
}
