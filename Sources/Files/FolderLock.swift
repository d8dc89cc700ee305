// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import SystemPackage

/// Holds a folder for one process: a lock on `.lock` in it, which the kernel drops with the process,
/// however that dies.
package final class FolderLock: Sendable {
  package static let name = ".lock"
  private let file: FileDescriptor

  /// - Throws: `FileError` with code `exists` where another process holds it, `unwritable` where no file
  ///   can be made.
  package init(_ folder: FilePath) throws(FileError) {
    do {
      file = try FileDescriptor.open(
        folder.appending(Self.name), .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(
        .unwritable, folder, "cannot write: \((error as? Errno)?.advice ?? "\(error)")")
    }
    // `deinit` closes the file even then, since all there is has been set.
    guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      throw FileError(.exists, folder, "is in use by another process; wait for it")
    }
  }

  deinit {
    // Unlocked by name: a child between fork and exec still shares the descriptor.
    _ = flock(file.rawValue, LOCK_UN)
    try? file.close()
  }
}
