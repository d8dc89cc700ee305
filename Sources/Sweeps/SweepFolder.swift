// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Glibc
package import SystemPackage

/// The folder of a sweep: `plan.json`, a file for every finished point under `points`, and, when all are
/// finished, `result.json` and `summary.txt`. Frame sets and buses lie under `work` while they are needed.
///
/// Whoever has it holds a lock that the kernel drops with the process.
package final class SweepFolder: Sendable {
  package static let resultName = "result.json"
  package static let summaryName = "summary.txt"
  static let planName = "plan.json"
  static let pointsName = "points"
  static let workName = "work"

  package let path: FilePath
  private let lock: FolderLock

  /// What `plan.json` holds.
  private struct PlanRecord: Codable {
    var formatVersion = FrameSweepResult.currentFormat
    var kind = FrameSweepResult.kind
    var plan: FrameSweepPlan
    var digest: SHA256Digest
  }

  /// Opens the folder for `plan`; makes it where there is none. Points that an earlier plan finished stay
  /// and count where they are equal.
  ///
  /// - Throws: `SweepError`: `newerVersion`; `badSweep` where it holds something else. `FileError` where it
  ///   cannot be written or another process works in it.
  package init(_ path: FilePath, for plan: FrameSweepPlan, fresh: Bool = false) throws {
    self.path = path
    try Self.make(path)
    let known = try Self.names(in: path)
    guard
      known.isEmpty || known.contains(Self.planName)
        || known.allSatisfy({ $0 == FolderLock.name })
    else {
      throw SweepError.badSweep(
        "\(path) is not empty and holds no sweep; choose another folder with --out")
    }
    lock = try FolderLock(path)
    if known.contains(Self.planName) {
      // Read for its version alone: a point counts by its own digest.
      try Self.checkVersion(try WholeFile.read(path.appending(Self.planName)), "\(path)")
    }
    try Self.make(path.appending(Self.pointsName))
    try Self.make(path.appending(Self.workName))
    // What a session that was killed left half-made; whole frame sets stay.
    for prefix in [".", "bus-"] { removeWork(prefix) }
    if fresh {
      for name in try Self.names(in: path.appending(Self.pointsName)) where name.hasSuffix(".json")
      {
        WholeFile.unlink(path.appending(Self.pointsName).appending(name))
      }
    }
    for name in [Self.resultName, Self.summaryName] { WholeFile.unlink(path.appending(name)) }
    try WholeFile.write(
      Array(try Self.encoder.encode(PlanRecord(plan: plan, digest: plan.digest))),
      to: path.appending(Self.planName))
  }

  /// A result or a plan of this program, and of a version that it reads.
  static func checkVersion(_ bytes: [UInt8], _ name: String) throws(SweepError) {
    struct Version: Codable {
      var kind: String
      var formatVersion: Int
    }
    guard let found = try? decoder.decode(Version.self, from: Data(bytes)),
      found.kind == FrameSweepResult.kind
    else { throw .badSweep("\(name) is damaged or holds no result of `sightline sweep`") }
    guard found.formatVersion <= FrameSweepResult.currentFormat else {
      throw SweepError(
        .newerVersion,
        "\(name) is of format \(found.formatVersion), and this sightline reads up to "
          + "\(FrameSweepResult.currentFormat); use a newer one, or another folder")
    }
  }

  // MARK: - Points

  private func file(_ id: String) -> FilePath {
    path.appending(Self.pointsName).appending(id + ".json")
  }

  /// The point of this id, if it is finished; a file that is not whole is measured anew.
  func point(_ id: String) -> FrameSweepResult.Point? {
    guard let bytes = try? WholeFile.read(file(id), limit: 1 << 24),
      let point = try? Self.decoder.decode(FrameSweepResult.Point.self, from: Data(bytes)),
      point.id == id
    else { return nil }
    return point
  }

  func write(_ point: FrameSweepResult.Point) throws {
    try WholeFile.write(Array(try Self.encoder.encode(point)), to: file(point.id))
  }

  /// Keeps the result and its text.
  package func write(_ result: FrameSweepResult, summary: String) throws {
    try WholeFile.write(try result.encoded() + "\n", to: path.appending(Self.resultName))
    try WholeFile.write(summary + "\n", to: path.appending(Self.summaryName))
  }

  // MARK: - Work

  /// A place for something that is needed for a while.
  func work(_ name: String) -> FilePath { path.appending(Self.workName).appending(name) }

  /// Removes what lies there: a frame set, or a bus with all that SQLite has beside it.
  func removeWork(_ prefix: String) {
    let folder = path.appending(Self.workName)
    for name in (try? Self.names(in: folder)) ?? [] where name.hasPrefix(prefix) {
      try? FileManager.default.removeItem(atPath: folder.appending(name).string)
    }
  }

  // MARK: - The file system

  private static func make(_ path: FilePath) throws(FileError) {
    let made = unsafe path.withPlatformString { unsafe mkdir($0, 0o755) }
    guard made == 0 || errno == EEXIST else {
      throw FileError(.unwritable, path, "cannot create: \(Errno(rawValue: errno).advice)")
    }
  }

  private static func names(in path: FilePath) throws(FileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path.string)
        .filter { $0 != "." && $0 != ".." }
    } catch {
      throw FileError(.unreadable, path, "is not a folder that can be read")
    }
  }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
