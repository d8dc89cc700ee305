// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import SystemPackage

/// Whole-file reads and writes that leave a file either complete or absent.
///
/// A write goes to a hidden neighbour, is synced, and takes its final name by `rename(2)`; the folder
/// is synced last. A crash at any point leaves the old file or none, never half of the new one.
package enum WholeFile {
  /// Writes `bytes` to `path`, replacing what was there; through a link, and into a pipe or a device.
  package static func write(_ bytes: [UInt8], to path: FilePath) throws(FileError) {
    if isSpecial(path) {
      do {
        let descriptor = try openSpecial(path)
        defer { try? descriptor.close() }
        try descriptor.writeAll(bytes)
      } catch {
        throw FileError(
          .unwritable, path, "cannot write: \((error as? Errno)?.advice ?? "\(error)")")
      }
      return
    }
    let (beside, descriptor) = try create(beside: path)
    do {
      defer { try? descriptor.close() }
      try descriptor.writeAll(bytes)
      try descriptor.synchronize()
    } catch {
      unlink(beside)
      throw FileError(.unwritable, path, "cannot write: \((error as? Errno)?.advice ?? "\(error)")")
    }
    try publish(beside, as: path)
  }

  package static func write(_ text: String, to path: FilePath) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }

  /// Reads the whole of `path`, refusing more than `limit` bytes before anything is allocated.
  package static func read(_ path: FilePath, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    do {
      // Non-blocking, since opening a pipe would wait for a writer.
      let descriptor = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
      defer { try? descriptor.close() }
      try descriptor.requireRegularFile(path)
      let size = Int(try descriptor.seek(offset: 0, from: .end))
      guard size <= limit else {
        throw FileError(.malformed, path, "is \(size) bytes, more than the limit of \(limit)")
      }
      try descriptor.seek(offset: 0, from: .start)
      return try unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
          let all = UnsafeMutableRawBufferPointer(buffer)
          let got = try unsafe descriptor.read(into: .init(rebasing: all[count...]))
          if got == 0 { break }
          count += got
        }
      }
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(.unreadable, path, "cannot read: \((error as? Errno)?.advice ?? "\(error)")")
    }
  }

  /// Opens a new hidden file in the folder of `path`, to be given its name by `publish`.
  package static func create(
    beside path: FilePath
  ) throws(FileError) -> (FilePath, FileDescriptor) {
    guard !isSpecial(path) else {
      throw FileError(.unwritable, path, "is a pipe or a device; give the name of a file")
    }
    let path = target(of: path)
    let name = path.lastComponent?.string ?? "file"
    let beside = path.removingLastComponent().appending(".\(name).\(getpid()).partial")
    do {
      let descriptor = try FileDescriptor.open(
        beside, .writeOnly, options: [.create, .truncate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      return (beside, descriptor)
    } catch {
      let why = (error as? Errno)?.advice ?? "\(error)"
      throw FileError(.unwritable, path, "cannot create: \(why)")
    }
  }

  /// Gives the finished file `beside` the name `path`, durably.
  package static func publish(_ beside: FilePath, as path: FilePath) throws(FileError) {
    let path = target(of: path)
    let renamed = unsafe beside.withPlatformString { from in
      unsafe path.withPlatformString { to in unsafe rename(from, to) }
    }
    guard renamed == 0 else {
      let why = Errno(rawValue: errno)
      unlink(beside)
      throw FileError(.unwritable, path, "cannot rename into place: \(why.advice)")
    }
    synchronizeFolder(path.removingLastComponent())
  }

  /// Whether there is something of this name that is neither file nor folder: a pipe, a device. A rename
  /// would put a file in its place.
  package static func isSpecial(_ path: FilePath) -> Bool {
    var facts = Glibc.stat()
    guard unsafe path.withPlatformString({ unsafe stat($0, &facts) }) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(facts.st_mode & S_IFMT)
  }

  /// Opens a pipe or a device to write to.
  package static func openSpecial(_ path: FilePath) throws(FileError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
    } catch {
      let why = (error as? Errno)?.advice ?? "\(error)"
      throw FileError(.unwritable, path, "cannot open: \(why)")
    }
  }

  /// What a link leads to: a rename would replace the link.
  private static func target(of path: FilePath) -> FilePath {
    guard let real = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
      return path
    }
    defer { unsafe free(real) }
    return unsafe FilePath(platformString: real)
  }

  /// Makes the names in a folder durable; best effort, since some file systems refuse it.
  package static func synchronizeFolder(_ folder: FilePath) {
    let path = folder.isEmpty ? FilePath(".") : folder
    guard let descriptor = try? FileDescriptor.open(path, .readOnly) else { return }
    defer { try? descriptor.close() }
    _ = fsync(descriptor.rawValue)
  }

  /// Whether there is something of this name.
  package static func exists(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { unsafe access($0, F_OK) } == 0
  }

  package static func unlink(_ path: FilePath) {
    _ = unsafe path.withPlatformString { unsafe Glibc.unlink($0) }
  }
}

extension FileDescriptor {
  /// Refuses folders, pipes and devices, whose sizes mean nothing.
  func requireRegularFile(_ path: FilePath) throws {
    var status = Glibc.stat()
    guard unsafe fstat(rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.unreadable, path, "is not a file")
    }
  }

  /// `fsync(2)`: returns when the bytes are on the device.
  package func synchronize() throws(Errno) {
    guard fsync(rawValue) == 0 else { throw Errno(rawValue: errno) }
  }
}
