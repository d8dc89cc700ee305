// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries
internal import Synchronization

/// Memory to measure limits on: random floats on 2 MiB pages.
@safe final class LimitBuffer: Sendable {
  /// More than this says nothing new: it is many times any cache.
  static let largest = 512 << 20
  /// What a worker takes at a time: 2 MiB.
  static let piece = HugePages.pageBytes

  private let memory: HugePages
  var byteCount: Int { memory.count }
  /// How much of it is on 2 MiB pages; `nil` if the system does not tell.
  var hugeBytes: Int? { memory.hugeBytes }

  /// Takes and fills `bytes`, rounded up to whole pieces.
  init(bytes: Int, threads: Int, seed: UInt64) async throws {
    let wanted = (max(bytes, 1) + Self.piece - 1) / Self.piece * Self.piece
    guard let memory = HugePages(count: wanted) else {
      throw BenchmarkError(
        .doesNotFit, "no \(wanted) bytes to measure memory on; free memory, or use fewer templates")
    }
    self.memory = memory
    try await WorkerThreads.run(threads: threads, items: wanted / Self.piece) { _, item in
      let floats = unsafe (memory.base + item * Self.piece).assumingMemoryBound(to: Float.self)
      // Small numbers, none of them zero or subnormal: 1 / 512 to 2 / 512, of either sign.
      var state = UInt32(truncatingIfNeeded: seed) ^ UInt32(truncatingIfNeeded: item &* 0x9e37_79b9)
      for index in 0..<Self.piece / 4 {
        state = state &* 1_664_525 &+ 1_013_904_223
        unsafe floats[index] = Float(bitPattern: state & 0x807f_ffff | 0x3b00_0000)
      }
    }
  }

  /// Reads the first `bytes` and does nothing else, on `threads` threads.
  func read(_ bytes: Int, threads: Int) async throws {
    let bytes = min(bytes, byteCount)
    let sink = Atomic<UInt64>(0)
    let items = (bytes + Self.piece - 1) / Self.piece
    try await WorkerThreads.run(threads: threads, items: items) { [memory] _, item in
      let low = item * Self.piece
      sink.bitwiseXor(
        unsafe sl_stream_read(memory.base + low, min(Self.piece, bytes - low)), ordering: .relaxed)
    }
  }

  /// Rows of `dimension` floats, valid only inside `body`.
  func withRows<R>(
    _ rows: Range<Int>, dimension: Int, _ body: (UnsafePointer<Float>) -> R
  ) -> R {
    precondition(rows.upperBound * dimension * 4 <= byteCount, "rows beyond the buffer")
    return unsafe body(
      UnsafePointer(memory.base.assumingMemoryBound(to: Float.self)) + rows.lowerBound * dimension)
  }
}
