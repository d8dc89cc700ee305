// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The hidden folder beside a gallery's final place in which it is made.
///
/// Whoever has it holds a lock on the journal, which the kernel drops with the process.
final class WorkFolder: Sendable {
  let path: FilePath
  private let final: FilePath
  private let journal: FileDescriptor

  /// Opens the work folder of `final`, made if missing.
  ///
  /// - Throws: `busy` when another process is making this gallery.
  init(for final: FilePath) throws {
    self.final = final
    path = Self.place(of: final)
    let made = unsafe path.withPlatformString { unsafe mkdir($0, 0o755) }
    guard made == 0 || errno == EEXIST else {
      throw FileError(
        .unwritable, final, "cannot create: \(Errno(rawValue: errno).advice)")
    }
    do {
      journal = try FileDescriptor.open(
        path.appending(CreationJournal.fileName), .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(
        .unwritable, path, "cannot write: \((error as? Errno)?.advice ?? "\(error)")")
    }
    // `deinit` closes the journal even then, since all there is has been set; twice would be another's.
    guard flock(journal.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      throw GalleryError(.busy, "\(final) is being made by another process; wait for it")
    }
  }

  deinit { try? journal.close() }

  /// Where the gallery `final` is made.
  static func place(of final: FilePath) -> FilePath {
    let name = final.lastComponent?.string ?? "gallery"
    return final.removingLastComponent().appending(".\(name).unfinished")
  }

  /// The journal's text.
  func readJournal() throws(FileError) -> [UInt8] {
    try WholeFile.read(path.appending(CreationJournal.fileName))
  }

  /// Cuts the journal to `bytes`; what comes next is appended there.
  func cutJournal(to bytes: Int) throws {
    try attempt {
      guard ftruncate(journal.rawValue, off_t(bytes)) == 0 else { throw Errno(rawValue: errno) }
      _ = try journal.seek(offset: 0, from: .end)
    }
  }

  /// Adds a line, and returns when it is on the device.
  func note(_ line: String) throws {
    try attempt {
      try journal.writeAll(Array(line.utf8))
      guard fdatasync(journal.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
  }

  /// Opens the data files at their full length, with their headers; the room for them is taken now.
  func openFiles(_ layout: GalleryLayout) throws -> DataFiles {
    let files = DataFiles()
    for file in layout.files {
      try attempt {
        let descriptor = try files.open(path.appending(file.name))
        try DiskSpace.reserve(file.bytes(of: 0..<layout.size).upperBound, of: descriptor)
        try unsafe file.header.withUnsafeBytes {
          try unsafe descriptor.writeAll(toAbsoluteOffset: 0, $0)
        }
      }
    }
    return files
  }

  /// Refuses a gallery that the disk has no room for; the room its files already have counts.
  func requireSpace(for layout: GalleryLayout) throws(GalleryError) {
    let taken = layout.files.reduce(0) {
      $0 + DiskSpace.allocatedBytes(of: path.appending($1.name))
    }
    let needed = layout.dataBytes - taken
    guard needed > 0, let free = DiskSpace.freeBytes(at: path), needed > free else { return }
    if taken == 0 { discard(layout) }
    let smaller =
      switch layout.encoding {
      case .float32: ", or use --encoding int8 (a quarter of it) or sketch (a 128th)"
      case .int8: ", or use --encoding sketch (a 32nd of it)"
      case .sketch: ""
      }
    throw GalleryError(
      .noSpace,
      "\(final) needs \(needed) more bytes on disk, and \(free) are free there; "
        + "free \(needed - free) bytes, choose another disk\(smaller)")
  }

  func remove(_ name: String) { WholeFile.unlink(path.appending(name)) }

  /// Gives the folder its final name.
  func publish() throws {
    WholeFile.synchronizeFolder(path)
    let renamed = unsafe path.withPlatformString { from in
      unsafe final.withPlatformString { to in unsafe rename(from, to) }
    }
    guard renamed == 0 else {
      throw FileError(
        .unwritable, final, "cannot rename into place: \(Errno(rawValue: errno).advice)")
    }
    WholeFile.synchronizeFolder(final.removingLastComponent())
  }

  /// Gives the folder up with all in it.
  func discard(_ layout: GalleryLayout) {
    for file in layout.files { remove(file.name) }
    remove(GalleryManifest.fileName)
    remove(CreationJournal.fileName)
    _ = unsafe path.withPlatformString { unsafe rmdir($0) }
  }

  /// Runs `body` and tells what the system refused, with what helps.
  func attempt<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as Errno {
      let remedy = error == .noSpace ? " (or remove \(path))" : ""
      throw FileError(.unwritable, final, "cannot write: \(error.writingAdvice)\(remedy)")
    }
  }
}

/// The open data files of a gallery under construction.
final class DataFiles: Sendable {
  private let opened = Mutex<[FileDescriptor]>([])

  deinit {
    for file in descriptors { try? file.close() }
  }

  var descriptors: [FileDescriptor] { opened.withLock { $0 } }

  /// Opens a file, made if missing unless it is only to be read.
  func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode = .readWrite
  ) throws -> FileDescriptor {
    let descriptor = try FileDescriptor.open(
      path, mode, options: mode == .readOnly ? [.closeOnExec] : [.create, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    opened.withLock { $0.append(descriptor) }
    return descriptor
  }

  /// Returns when all data is on the device.
  func synchronize() throws(Errno) {
    for file in descriptors where fdatasync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
  }
}
