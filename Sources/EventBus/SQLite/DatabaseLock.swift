// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Locks on databases themselves, which all names of a file share.
///
/// Closing any descriptor of a file drops all locks that SQLite has on it for this process, whichever
/// connection took them; another process could then believe that nobody has the file open, and remove its
/// WAL. So a descriptor, once opened, is kept as long as the file is there, and used again.
enum DatabaseLock {
  /// A file, whatever its names.
  struct Key: Hashable, Sendable {
    fileprivate let device: UInt
    fileprivate let inode: UInt

    fileprivate init(_ facts: stat) {
      device = UInt(facts.st_dev)
      inode = UInt(facts.st_ino)
    }
  }

  private struct Entry {
    let descriptor: FileDescriptor
    var isHeld: Bool
  }

  private static let entries = Mutex<[Key: Entry]>([:])

  /// Takes the lock on `path`, an empty file if there is none; `nil` if somebody has it, here or elsewhere.
  static func take(_ path: FilePath) throws(Errno) -> Key? {
    try entries.withLock { entries throws(Errno) -> Key? in
      forgetRemoved(&entries)
      var facts = stat()
      let isThere = unsafe path.withPlatformString { unsafe stat($0, &facts) } == 0
      var key = Key(facts)
      var entry = isThere ? entries[key] : nil
      if entry == nil {
        let descriptor: FileDescriptor
        do {
          descriptor = try FileDescriptor.open(
            path, .readWrite, options: [.create, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
          throw error as? Errno ?? .ioError
        }
        unsafe fstat(descriptor.rawValue, &facts)
        key = Key(facts)
        entry = entries[key] ?? Entry(descriptor: descriptor, isHeld: false)
      }
      guard var entry else { return nil }
      let isFree = !entry.isHeld && flock(entry.descriptor.rawValue, LOCK_EX | LOCK_NB) == 0
      // What is held stays held.
      entry.isHeld = entry.isHeld || isFree
      entries[key] = entry
      return isFree ? key : nil
    }
  }

  static func release(_ key: Key) {
    entries.withLock { entries in
      guard let entry = entries[key] else { return }
      // Unlocked by name: a child between fork and exec still shares the descriptor.
      _ = flock(entry.descriptor.rawValue, LOCK_UN)
      entries[key]?.isHeld = false
    }
  }

  /// Nobody can open a file without a name: its locks are worth nothing, its descriptor may go.
  private static func forgetRemoved(_ entries: inout [Key: Entry]) {
    for (key, entry) in entries where !entry.isHeld {
      var facts = stat()
      guard unsafe fstat(entry.descriptor.rawValue, &facts) == 0, facts.st_nlink == 0 else {
        continue
      }
      try? entry.descriptor.close()
      entries[key] = nil
    }
  }
}
