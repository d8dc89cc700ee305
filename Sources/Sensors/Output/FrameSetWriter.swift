// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import FoundationEssentials
internal import Frames
internal import Glibc
internal import SystemPackage

/// Writes a frame set into a hidden neighbour of its folder and gives it its name when it is whole.
struct FrameSetWriter: Sendable {
  let folder: FilePath
  /// Where the set grows: `.NAME.PID.partial`, beside the folder.
  let partial: FilePath

  /// - Throws: `FileError` with code `exists` when the folder holds something, `unwritable` when
  ///   its neighbour cannot be made.
  init(_ folder: FilePath) throws(FileError) {
    guard let last = folder.lastComponent, last.kind == .regular else {
      throw FileError(.unwritable, folder, "is not the name of a folder; give one to create")
    }
    self.folder = folder
    partial = folder.removingLastComponent().appending(".\(last.string).\(getpid()).partial")
    try Self.checkFree(folder)
    remove()
    try makeFolder(partial)
  }

  /// Makes `frames/CAMERA/`.
  func addCamera(_ id: String) throws(FileError) {
    try makeFolder(partial.appending("frames").appending(id))
  }

  /// The name of a frame's file, relative to the set.
  static func name(camera: String, frame: Int) -> String {
    let digits = "\(frame)"
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    return "frames/\(camera)/\(padding)\(digits).jpg"
  }

  /// Writes one file of the set. It is not yet synced: `publish` does that at the end, when
  /// the kernel has long written most of them and the first sync carries the rest.
  func write(_ bytes: [UInt8], name: String) throws(FileError) {
    let path = partial.pushing(FilePath(name))
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(bytes) }
    } catch {
      throw FileError(.unwritable, path, "cannot write: \((error as? Errno)?.advice ?? "\(error)")")
    }
  }

  /// Writes `value` as JSON, indented and with sorted keys, and returns the digest of the bytes.
  @discardableResult
  func writeJSON(_ value: some Encodable, name: String) throws -> SHA256Digest {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    try write(bytes, name: name)
    return SHA256Digest(of: bytes)
  }

  /// Syncs `files` and their folders and renames the set into place.
  ///
  /// - Throws: `FileError`; the set is then still the hidden neighbour, for `remove` to take away.
  func publish(_ files: [String]) throws(FileError) {
    var folders = Set<FilePath>()
    for name in files {
      let path = partial.pushing(FilePath(name))
      do {
        let file = try FileDescriptor.open(path, .readOnly)
        try file.closeAfter { try file.synchronize() }
      } catch {
        let why = (error as? Errno)?.advice ?? "\(error)"
        throw FileError(.unwritable, path, "cannot sync: \(why)")
      }
      folders.insert(path.removingLastComponent())
    }
    for folder in folders { WholeFile.synchronizeFolder(folder) }
    // Checked again, since making the set takes a while; rename(2) itself refuses a full folder.
    try Self.checkFree(folder)
    let renamed = unsafe partial.withPlatformString { from in
      unsafe folder.withPlatformString { to in unsafe rename(from, to) }
    }
    guard renamed == 0 else {
      let why = Errno(rawValue: errno).advice
      throw FileError(.unwritable, folder, "cannot rename into place: \(why)")
    }
    WholeFile.synchronizeFolder(folder.removingLastComponent())
  }

  /// Takes away what was written so far; best effort.
  func remove() {
    try? FileManager.default.removeItem(atPath: partial.string)
  }

  private static func checkFree(_ folder: FilePath) throws(FileError) {
    var status = stat()
    let found = unsafe folder.withPlatformString { unsafe lstat($0, &status) }
    guard found != 0 || status.st_mode & S_IFMT != S_IFLNK else {
      throw FileError(.exists, folder, "is a link; name a folder that is new or empty")
    }
    let manager = FileManager.default
    var isDirectory = false
    guard manager.fileExists(atPath: folder.string, isDirectory: &isDirectory) else { return }
    guard isDirectory else {
      throw FileError(.exists, folder, "is a file; name a folder that is new or empty")
    }
    guard let content = try? manager.contentsOfDirectory(atPath: folder.string) else {
      throw FileError(.unreadable, folder, "cannot be listed; check the owner and mode")
    }
    guard content.isEmpty else {
      throw FileError(.exists, folder, "is not empty; name a folder that is new or empty")
    }
  }

  /// Makes a folder and those above it that are missing.
  private func makeFolder(_ path: FilePath) throws(FileError) {
    func make(_ path: FilePath) -> Int32 {
      unsafe path.withPlatformString { unsafe mkdir($0, 0o755) } == 0 ? 0 : errno
    }
    var result = make(path)
    if result == ENOENT, !path.removingLastComponent().isEmpty {
      try makeFolder(path.removingLastComponent())
      result = make(path)
    }
    guard result == 0 || result == EEXIST else {
      throw FileError(
        .unwritable, folder, "cannot make \(path): \(Errno(rawValue: result).advice)")
    }
  }
}
