// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Glibc

/// What was asked of the heap: calls of `malloc` and its like, and the bytes they asked for.
///
/// It can be told only where `Bench/allocations/count.c` is loaded before the C library.
package struct HeapCount: Hashable, Sendable {
  /// By our code and the Swift runtime on its behalf.
  package var calls: UInt64 = 0
  package var bytes: UInt64 = 0
  /// By the libraries we call: AprilTag, TurboJPEG, SQLite, OpenSSL, OpenBLAS.
  package var libraryCalls: UInt64 = 0
  package var libraryBytes: UInt64 = 0

  package init() {}

  /// Whether it can be told.
  package static var isCounted: Bool { unsafe Counter.here != nil }

  /// Of the calling thread so far; zeros where it cannot be told.
  static var ofThread: HeapCount { unsafe HeapCount(Counter.here) }

  /// Of all threads so far; zeros where it cannot be told.
  static var ofProcess: HeapCount { unsafe HeapCount(Counter.everywhere) }

  private init(_ counter: Counter.Function?) {
    guard let counter = unsafe counter else { return }
    var figures: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    unsafe withUnsafeMutableBytes(of: &figures) {
      guard let start = unsafe $0.assumingMemoryBound(to: UInt64.self).baseAddress else { return }
      unsafe counter(start)
    }
    (calls, bytes, libraryCalls, libraryBytes) = figures
  }

  /// The counter's functions, looked up by name once.
  private enum Counter {
    typealias Function = @convention(c) (UnsafeMutablePointer<UInt64>) -> Void

    static let here = unsafe find("sightline_allocations")
    static let everywhere = unsafe find("sightline_allocations_of_all")

    private static func find(_ name: String) -> Function? {
      // No handle: among all that is loaded, as RTLD_DEFAULT.
      guard let found = unsafe dlsym(nil, name) else { return nil }
      return unsafe unsafeBitCast(found, to: Function.self)
    }
  }

  static func += (sum: inout HeapCount, more: HeapCount) {
    sum.calls &+= more.calls
    sum.bytes &+= more.bytes
    sum.libraryCalls &+= more.libraryCalls
    sum.libraryBytes &+= more.libraryBytes
  }

  static func - (a: HeapCount, b: HeapCount) -> HeapCount {
    var rest = a
    rest.calls &-= b.calls
    rest.bytes &-= b.bytes
    rest.libraryCalls &-= b.libraryCalls
    rest.libraryBytes &-= b.libraryBytes
    return rest
  }
}
