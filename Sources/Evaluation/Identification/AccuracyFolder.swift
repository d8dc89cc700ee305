// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Galleries
internal import Glibc
internal import Matching
package import SystemPackage

/// The folder of a run: `plan.json`, the outcomes of every point under `outcomes`, and, when all are
/// searched, `result.json` and `summary.txt`.
///
/// Whoever has it holds a lock that the kernel drops with the process.
package final class AccuracyFolder: Sendable {
  package static let resultName = "result.json"
  package static let summaryName = "summary.txt"
  static let planName = "plan.json"
  static let outcomesName = "outcomes"

  package let path: FilePath
  private let lock: FolderLock

  /// Opens the folder to search `plan`; makes it where there is none.
  ///
  /// - Throws: `EvaluationError`: `newerVersion`; `badRun` where it holds another plan, something else, or
  ///   another process works in it. `FileError` where it cannot be written.
  package init(_ path: FilePath, for plan: AccuracyPlan, fresh: Bool = false) throws {
    self.path = path
    try Self.make(path)
    let planPath = path.appending(Self.planName)
    let known = try Self.names(in: path).filter { $0 != "." && $0 != ".." }
    guard
      known.isEmpty || known.contains(Self.planName) || known.allSatisfy({ $0 == FolderLock.name })
    else {
      throw EvaluationError.badRun(
        "\(path) is not empty and holds no run; choose another folder with --out")
    }
    lock = try Self.locked(path)
    if known.contains(Self.planName) { try Self.check(planPath, plan, fresh: fresh) }
    try Self.make(path.appending(Self.outcomesName))
    if fresh { try Self.clear(path) }
    try WholeFile.write(try Self.encoder.encode(PlanRecord(plan)).bytes, to: planPath)
  }

  private static func check(_ path: FilePath, _ plan: AccuracyPlan, fresh: Bool) throws {
    let record = try PlanRecord.read(path)
    guard fresh || record.outcomesDigest == plan.outcomesDigest else {
      throw EvaluationError.badRun(
        "\(path.removingLastComponent()) holds another run (\(record.plan.difference(from: plan))); "
          + "give its options to go on with it, another --out, or --fresh to throw it away")
    }
  }

  /// The outcomes of `point`, opened to go on with.
  func outcomes(of point: AccuracyPoint, _ plan: AccuracyPlan) throws -> OutcomeFile {
    try OutcomeFile(file(point, plan, "outcomes"), canonicalText: plan.canonicalText(of: point))
  }

  /// What the searches of a point were made with, noted before the first.
  struct PointRecord: Codable {
    var gallery: GalleryDescription
    var matcher: MatcherInformation
    var listLength: Int?
  }

  func record(of point: AccuracyPoint, _ plan: AccuracyPlan) -> PointRecord? {
    guard let bytes = try? WholeFile.read(file(point, plan, "json"), limit: 1 << 20) else {
      return nil
    }
    return try? Self.decoder.decode(PointRecord.self, from: Data(bytes))
  }

  func write(_ record: PointRecord, of point: AccuracyPoint, _ plan: AccuracyPlan) throws {
    try WholeFile.write(try Self.encoder.encode(record).bytes, to: file(point, plan, "json"))
  }

  /// Where outcomes and what belongs to them are.
  var outcomesPath: FilePath { path.appending(Self.outcomesName) }

  private func file(_ point: AccuracyPoint, _ plan: AccuracyPlan, _ kind: String) -> FilePath {
    outcomesPath.appending("\(plan.id(of: point)).\(kind)")
  }

  /// Keeps the result and its text.
  package func write(_ result: AccuracyResult, summary: String) throws {
    try WholeFile.write(
      try Self.encoder.encode(result).bytes, to: path.appending(Self.resultName))
    try WholeFile.write(summary + "\n", to: path.appending(Self.summaryName))
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
    } catch {
      throw FileError(.unreadable, path, "is not a folder that can be read")
    }
  }

  private static func locked(_ path: FilePath) throws -> FolderLock {
    do {
      return try FolderLock(path)
    } catch {
      guard error.code == .exists else { throw error }
      throw EvaluationError.badRun("another process is working in \(path); wait for it")
    }
  }

  /// Removes what a run left, and nothing else.
  private static func clear(_ path: FilePath) throws {
    for name in [resultName, summaryName] { WholeFile.unlink(path.appending(name)) }
    let folder = path.appending(outcomesName)
    for name in try names(in: folder) where name.hasSuffix(".outcomes") || name.hasSuffix(".json") {
      WholeFile.unlink(folder.appending(name))
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

extension Data {
  fileprivate var bytes: [UInt8] { Array(self) }
}
