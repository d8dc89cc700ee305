// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import SystemPackage

/// What the file system says about room.
enum DiskSpace {
  /// Bytes that an unprivileged user may still write on the file system of `path`; `nil` if unknown.
  static func freeBytes(at path: FilePath) -> Int? {
    var facts = statvfs()
    let folder = path.isEmpty ? FilePath(".") : path
    guard unsafe folder.withPlatformString({ unsafe statvfs($0, &facts) }) == 0 else { return nil }
    let (bytes, beyond) = UInt64(facts.f_bavail).multipliedReportingOverflow(
      by: UInt64(facts.f_frsize))
    return beyond ? .max : Int(clamping: bytes)
  }

  /// Bytes the file at `path` takes on the device; 0 if there is none.
  static func allocatedBytes(of path: FilePath) -> Int {
    var facts = stat()
    guard unsafe path.withPlatformString({ unsafe stat($0, &facts) }) == 0 else { return 0 }
    return Int(facts.st_blocks) * 512
  }

  /// Whether anything has this name, a dangling link included.
  static func exists(_ path: FilePath) -> Bool {
    var facts = stat()
    return unsafe path.withPlatformString { unsafe lstat($0, &facts) } == 0
  }

  /// Makes the file `bytes` long and takes the room for it now, where the file system can.
  static func reserve(_ bytes: Int, of file: FileDescriptor) throws(Errno) {
    guard bytes > 0 else { return }
    let status = posix_fallocate(file.rawValue, 0, off_t(bytes))
    guard status != 0 else { return }
    let reason = Errno(rawValue: status)
    guard reason == .notSupported || reason == .noFunction || reason == .invalidArgument else {
      throw reason
    }
    guard ftruncate(file.rawValue, off_t(bytes)) == 0 else { throw Errno(rawValue: errno) }
  }
}

extension Errno {
  /// What the system says about a failed write of much data, with the remedy.
  var writingAdvice: String {
    switch self {
    case .fileTooLarge:
      "a file may not grow so large here; raise the limit (ulimit -f) or choose another disk"
    case Errno(rawValue: Glibc.EDQUOT):
      "your quota of disk space is used up; free some and run again"
    default: advice
    }
  }
}
