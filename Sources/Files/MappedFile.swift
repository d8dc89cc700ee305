// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc
package import SystemPackage

/// A file mapped read-only into memory, so that opening costs the same at any size.
///
/// The mapping is private to this object and unmapped with it. A file that shrinks while mapped raises
/// SIGBUS on access: files of ours are replaced by rename, never truncated in place.
@safe package final class MappedFile: Sendable {
  /// The file's size in bytes.
  package let count: Int
  // Read-only for the whole life of the object, so sharing it between threads is safe.
  private nonisolated(unsafe) let base: UnsafeRawPointer?

  package init(_ path: FilePath) throws(FileError) {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
      defer { try? descriptor.close() }
      try descriptor.requireRegularFile(path)
      count = Int(try descriptor.seek(offset: 0, from: .end))
      if count == 0 {
        unsafe base = nil  // mmap refuses an empty range
        return
      }
      let mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
      guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
        throw Errno(rawValue: errno)
      }
      unsafe base = UnsafeRawPointer(mapped)
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(.unreadable, path, "cannot open: \((error as? Errno)?.advice ?? "\(error)")")
    }
  }

  deinit {
    if let base = unsafe base { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }

  /// The bytes; valid only inside `body`.
  package func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }
}
