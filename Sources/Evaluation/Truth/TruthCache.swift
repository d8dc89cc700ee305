// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Matching
package import SystemPackage

/// The folder where exact lists are kept, a folder for each `GroundTruth` and a file for each shard.
///
/// Files are written whole or not at all, and checked when read: one that is damaged, of another version
/// or of other probes counts as absent. Nothing is ever removed; a truth's folder can be, at any time,
/// and so can the whole. A shard takes some 12 k + 4 bytes a probe.
package struct TruthCache: Sendable {
  package let root: FilePath

  package init(_ root: FilePath) { self.root = root }

  /// `sightline/truth` in the user's folder for caches: `$XDG_CACHE_HOME`, or `~/.cache`; in the current
  /// folder where there is no home either.
  package static func standard(_ environment: [String: String]) -> TruthCache {
    // The XDG specification: a relative path is to be ignored.
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return TruthCache(FilePath(folder).appending("sightline").appending("truth"))
    }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) } ?? FilePath(".")
    return TruthCache(home.appending(".cache").appending("sightline").appending("truth"))
  }

  /// The folder of a truth's shards.
  package func folder(of truth: GroundTruth) -> FilePath {
    root.appending("v\(TruthShard.currentFormat)-\(truth.digest.prefix(12))")
  }

  /// The file of a shard.
  package func path(of shard: Range<UInt64>, in truth: GroundTruth) -> FilePath {
    folder(of: truth).appending("\(shard.lowerBound)-\(shard.upperBound).truth")
  }

  /// Makes the truth's folder, and in it `truth.txt`, which says to people what it is.
  func prepare(_ truth: GroundTruth) throws(FileError) {
    let folder = folder(of: truth)
    do {
      try FileManager.default.createDirectory(
        atPath: folder.string, withIntermediateDirectories: true)
    } catch {
      throw FileError(
        .unwritable, folder,
        "cannot make the folder of the cache; give another by --cache: \(error)"
      )
    }
    let note = folder.appending("truth.txt")
    if (try? WholeFile.read(note)) != Array(truth.canonicalText.utf8) {
      try WholeFile.write(truth.canonicalText, to: note)
    }
  }

  enum Entry {
    case lists(CandidateLists)
    case absent
    /// There is a file, but not one to be trusted.
    case wrong
  }

  func read(_ shard: Range<UInt64>, of truth: GroundTruth) -> Entry {
    let layout = TruthShard(truth, shard)
    let path = path(of: shard, in: truth)
    guard let bytes = try? WholeFile.read(path, limit: layout.byteCount) else {
      return FileManager.default.fileExists(atPath: path.string) ? .wrong : .absent
    }
    return layout.decode(bytes).map { .lists($0) } ?? .wrong
  }

  func write(
    _ lists: CandidateLists, _ shard: Range<UInt64>, of truth: GroundTruth
  ) throws(FileError) {
    try WholeFile.write(TruthShard(truth, shard).encode(lists), to: path(of: shard, in: truth))
  }
}
