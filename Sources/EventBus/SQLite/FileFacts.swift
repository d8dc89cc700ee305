// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import SystemPackage

/// Facts about a file, without opening it: closing a descriptor of a database would drop SQLite's locks.
enum FileFacts {
  /// The size in bytes; 0 when there is no such file.
  static func size(_ path: FilePath) throws(BusError) -> Int {
    var facts = stat()
    let result = unsafe path.withPlatformString { unsafe stat($0, &facts) }
    guard result == 0 else {
      if errno == ENOENT { return 0 }
      throw BusError(.notAllowed, "cannot look at \(path): \(Errno(rawValue: errno))")
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw BusError(.notABus, "\(path) is not a file; choose another name for the bus")
    }
    return Int(facts.st_size)
  }

  static func exists(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { unsafe access($0, F_OK) } == 0
  }

  /// Whether both are names of one file that is there.
  static func isSame(_ path: FilePath, _ other: FilePath) -> Bool {
    var (facts, others) = (stat(), stat())
    guard unsafe path.withPlatformString({ unsafe stat($0, &facts) }) == 0,
      unsafe other.withPlatformString({ unsafe stat($0, &others) }) == 0
    else { return false }
    return facts.st_dev == others.st_dev && facts.st_ino == others.st_ino
  }

  /// The whole path without links; of a file that is not there, as far as its folder goes.
  static func resolved(_ path: FilePath) -> String {
    func real(_ path: FilePath) -> FilePath? {
      guard let found = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
        return nil
      }
      defer { unsafe free(found) }
      return unsafe FilePath(platformString: found)
    }
    if let whole = real(path) { return whole.string }
    let folder = path.removingLastComponent()
    guard let name = path.lastComponent, let whole = real(folder.isEmpty ? "." : folder) else {
      return path.string
    }
    return whole.appending(name).string
  }
}
