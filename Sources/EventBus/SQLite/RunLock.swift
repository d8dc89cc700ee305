// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Holds a bus file for one run. The kernel drops the lock with the process, however that dies.
///
/// Two locks: one on a file beside the database, which tells the holder's process, and one on the database
/// itself, which other names of it (links) share. SQLite's own locks are of another kind and do not
/// meet them.
final class RunLock: Sendable {
  private let held: Mutex<(beside: FileDescriptor, itself: DatabaseLock.Key)?>

  init(on database: FilePath) throws(BusError) {
    // A bus that is no regular file is refused before anything is left beside it.
    _ = try FileFacts.size(database)
    let path = FilePath(database.string + ".lock")
    let opened: FileDescriptor
    do {
      opened = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw Self.cannotOpen(database, error as? Errno ?? .ioError)
    }
    guard flock(opened.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(opened)
      try? opened.close()
      throw BusError(
        .locked,
        "\(database) is being written by \(holder); stop that run first, or use another bus file")
    }
    let itself: DatabaseLock.Key?
    do {
      itself = try DatabaseLock.take(database)
    } catch {
      try? opened.close()
      throw Self.cannotOpen(database, error)
    }
    guard let itself else {
      try? opened.close()
      throw BusError(
        .locked,
        "\(database) is being written under another name; stop that run first, or use another file")
    }
    // For the message above, should somebody else want the lock.
    _ = ftruncate(opened.rawValue, 0)
    _ = try? opened.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
    held = Mutex((opened, itself))
  }

  deinit { release() }

  /// Lets others have the file; again does nothing. The lock file stays: removing it would race.
  func release() {
    held.withLock { held in
      guard let (beside, itself) = held else { return }
      DatabaseLock.release(itself)
      // Unlocked by name: a child between fork and exec still shares the descriptor.
      _ = flock(beside.rawValue, LOCK_UN)
      try? beside.close()
      held = nil
    }
  }

  private static func holder(_ descriptor: FileDescriptor) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count =
      unsafe (try? bytes.withUnsafeMutableBytes {
        unsafe try descriptor.read(fromAbsoluteOffset: 0, into: $0)
      }) ?? 0
    let text = String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber }
    return text.isEmpty ? "another process" : "process \(text)"
  }

  private static func cannotOpen(_ database: FilePath, _ error: Errno) -> BusError {
    let folder = database.removingLastComponent()
    return switch error {
    case .noSuchFileOrDirectory:
      BusError(
        .missing, "cannot open \(database): the folder \(folder) does not exist; create it first")
    case .noSpace: BusError(.full, "cannot open \(database): \(error.advice)")
    default: BusError(.notAllowed, "cannot open \(database): \(error.advice)")
    }
  }
}
