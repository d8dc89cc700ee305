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
}
