// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import GRDB
internal import SystemPackage

extension BusError {
  /// What went wrong with the SQLite file `path`, with the remedy where there is one.
  init(_ error: any Error, _ path: FilePath) {
    if let error = error as? BusError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.failed, "\(path): \(error)")
      return
    }
    let cause = error.message
    self =
      switch error.resultCode {
      case .SQLITE_FULL:
        BusError(.full, "\(path): no space left; free some and run again", cause: cause)
      case .SQLITE_NOTADB:
        BusError(
          .notABus, "\(path) is not a SQLite file; choose another name for the bus", cause: cause)
      case .SQLITE_CORRUPT:
        BusError(
          .damaged, "\(path) is damaged; move it away, with its -wal file, and run again",
          cause: cause)
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
        BusError(
          .notAllowed, "cannot open or write \(path); check its owner, its mode and its folder",
          cause: cause)
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        BusError(
          .locked, "\(path) is held by another program; end its transaction and run again",
          cause: cause)
      // Only what uses a closed connection can misuse it here.
      case .SQLITE_MISUSE:
        BusError(.closed, "\(path) was closed before")
      case .SQLITE_IOERR:
        BusError(
          .failed, "\(path): the disk does not read or write; see the kernel's log", cause: cause)
      default: BusError(.failed, "\(path): SQLite failed", cause: cause)
      }
  }
}
