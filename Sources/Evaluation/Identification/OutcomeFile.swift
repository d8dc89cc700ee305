// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import Matching
package import SystemPackage

/// The outcomes of one point's searches, appended block by block as they come and never rewritten.
///
/// Layout, all integers little-endian: `SLOUTCOM`, format version (u32), length of the canonical text
/// (u32), the text, SHA-256 of all that. Then blocks: payload length (u32), SHA-256 of the file's head
/// digest, the block's number (u64) and the payload, then the payload (`OutcomeBlock`). A process that is
/// killed leaves whole blocks and perhaps a piece of one, which is cut off when the file is opened again;
/// anything else that does not fit its checksum is refused.
package final class OutcomeFile {
  package static let currentFormat: UInt32 = 1
  private static let magic = Array("SLOUTCOM".utf8)

  package let path: FilePath
  /// Outcomes so far: those of the first so many probes.
  package private(set) var outcomes: [SearchOutcome] = []
  /// What the searches so far took.
  package private(set) var usage = OutcomeUsage()
  private let file: FileDescriptor
  private let head: SHA256Digest
  private var blocks: UInt64 = 0

  /// Opens or makes the file for the searches that `canonicalText` describes, for appending; read-only,
  /// opens what is there and leaves it as it is.
  ///
  /// - Throws: `FileError`: `newerVersion`, `malformed` where the file is of other searches or damaged,
  ///   `unwritable`.
  package init(_ path: FilePath, canonicalText: String, readOnly: Bool = false) throws {
    self.path = path
    let header = Self.header(canonicalText)
    head = header.digest
    do {
      file = try FileDescriptor.open(
        path, readOnly ? .readOnly : .readWrite,
        options: readOnly ? [.closeOnExec] : [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(
        .unwritable, path, "cannot open: \((error as? Errno)?.advice ?? "\(error)")")
    }
    do {
      let bytes = try WholeFile.read(path, limit: 1 << 36)
      let whole = try read(bytes, header.bytes)
      if readOnly { return }
      if whole < bytes.count || bytes.isEmpty {
        guard ftruncate(file.rawValue, off_t(whole)) == 0 else { throw Errno(rawValue: errno) }
      }
      try file.seek(offset: 0, from: .end)
      if whole == 0 {
        try file.writeAll(header.bytes)
        try file.synchronize()
      }
    } catch {
      // `deinit` closes the file even now, since all there is has been set; twice would be another's.
      throw Self.described(error, path)
    }
  }

  deinit { try? file.close() }

  /// Adds the outcomes of the next probes; returns when they are on the device.
  package func append(_ more: [SearchOutcome], usage: OutcomeUsage) throws {
    let payload = OutcomeBlock.encode(more, first: outcomes.count, usage)
    var bytes: [UInt8] = []
    bytes.append(UInt32(payload.count))
    bytes += checksum(payload).bytes + payload
    do {
      try file.writeAll(bytes)
      try file.synchronize()
    } catch {
      throw Self.described(error, path)
    }
    blocks += 1
    outcomes += more
    self.usage.add(usage)
  }

  private func checksum(_ payload: [UInt8]) -> SHA256Digest {
    var bytes = head.bytes
    bytes.append(blocks)
    return SHA256Digest(of: bytes + payload)
  }

  private static func header(_ text: String) -> (bytes: [UInt8], digest: SHA256Digest) {
    var bytes = magic
    bytes.append(currentFormat)
    bytes.append(UInt32(text.utf8.count))
    bytes += Array(text.utf8)
    let digest = SHA256Digest(of: bytes)
    return (bytes + digest.bytes, digest)
  }

  /// Takes what the file holds; returns the length of what is whole.
  private func read(_ bytes: [UInt8], _ header: [UInt8]) throws -> Int {
    guard bytes.count >= header.count else {
      // Less than a head: killed at the very start, or something else altogether.
      guard header.starts(with: bytes) else { throw foreign(bytes) }
      return 0
    }
    guard bytes.starts(with: header) else { throw foreign(bytes) }
    var reader = ByteReader(bytes, at: header.count)
    while reader.left > 0 {
      let start = reader.position
      guard let length = reader.u32(), let digest = reader.bytes(32),
        let payload = reader.bytes(Int(length))
      else { return start }
      guard checksum(payload).bytes == digest,
        let block = OutcomeBlock.decode(payload, first: outcomes.count)
      else {
        // The last block may be torn at its full length, where the file system keeps lengths first.
        if reader.left == 0 { return start }
        throw FileError(
          .malformed, path,
          "is damaged in block \(blocks); remove the file, and its searches are made again")
      }
      blocks += 1
      outcomes += block.outcomes
      usage.add(block.usage)
    }
    return reader.position
  }

  private func foreign(_ bytes: [UInt8]) -> FileError {
    var reader = ByteReader(bytes, at: Self.magic.count)
    if bytes.starts(with: Self.magic), let version = reader.u32(), version > Self.currentFormat {
      return FileError(
        .newerVersion, path,
        "is of format \(version), and this sightline reads up to \(Self.currentFormat); use a newer one"
      )
    }
    return FileError(
      .malformed, path, "holds no outcomes of these searches; choose another folder with --out")
  }

  private static func described(_ error: any Error, _ path: FilePath) -> any Error {
    guard let errno = error as? Errno else { return error }
    return FileError(
      .unwritable, path,
      "cannot write: \(errno.advice); searches finished before are kept, and the same command goes on"
    )
  }
}

/// What searches took.
package struct OutcomeUsage: Codable, Hashable, Sendable {
  package var wallNanoseconds: UInt64 = 0
  package var cpuNanoseconds: UInt64 = 0
  /// Probes that were searched: all but failed captures.
  package var searched = 0
  /// Of the last block.
  package var threads = 0
  package var batch = 0
  /// To open or draw the gallery, in the session of the last block.
  package var galleryNanoseconds: UInt64 = 0

  package init() {}

  mutating func add(_ more: OutcomeUsage) {
    wallNanoseconds += more.wallNanoseconds
    cpuNanoseconds += more.cpuNanoseconds
    searched += more.searched
    (threads, batch) = (more.threads, more.batch)
    galleryNanoseconds = more.galleryNanoseconds
  }
}
