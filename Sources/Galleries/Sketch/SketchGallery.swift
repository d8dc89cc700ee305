// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Population
internal import Synchronization

/// N templates as codes of 16 bytes: the code of identity *i* is bytes 16 *i* to 16 *i* + 15.
///
/// Immutable once built, so any number of threads may read it.
@safe package final class SketchGallery: Sendable {
  /// Codes of one piece of building work: 2 MiB, one huge page.
  private static let piece = HugePages.pageBytes / SketchCode.byteCount

  package let description: GalleryDescription
  // Never written after `init`; kept valid by `owner`.
  private nonisolated(unsafe) let codes: UnsafeRawBufferPointer
  private let owner: any Sendable

  /// Number of codes.
  package var count: Int { description.size }
  /// Bytes of all codes.
  package var byteCount: Int { unsafe codes.count }
  /// How many of these bytes are on 2 MiB pages; `nil` if the system does not tell.
  package var hugePageByteCount: Int? { (owner as? HugePages)?.hugeBytes }

  /// A gallery of codes that are there already, such as a mapped file; `owner` keeps them valid, and
  /// nobody writes them.
  init(
    description: GalleryDescription, codes: UnsafeRawBufferPointer, owner: any Sendable
  ) {
    precondition(codes.count == description.size * SketchCode.byteCount, "the codes must just fit")
    self.description = description
    unsafe self.codes = unsafe codes
    self.owner = owner
  }

  /// Codes identities `0 ..< size` of `population` on `threads` threads of its own.
  ///
  /// The codes do not depend on `threads`. Memory is taken on 2 MiB pages and first touched by whoever
  /// writes it, so the threads share that work as well: it is most of the time (see `Sketches.md`).
  /// `progress` is called from those threads with the number of codes done so far, about once per
  /// 131,072; its calls may overlap and arrive out of order.
  /// - Throws: `doesNotFit` before anything is allocated, when the codes need more memory than is
  ///   available; `cancelled` when the task is.
  package static func build(
    population: Population, size: Int, threads: Int = 1,
    progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws(GalleryError) -> SketchGallery {
    let memory = try reserve(size: size)
    let encoder = SketchEncoder(population: population)
    let done = Progress()
    do {
      let pieces = (size + piece - 1) / piece
      try await WorkerThreads.run(threads: threads, items: pieces) { _, item in
        let low = item * piece
        let high = min(low + piece, size)
        let codes = unsafe UnsafeMutableRawBufferPointer(
          start: memory.base + low * SketchCode.byteCount,
          count: (high - low) * SketchCode.byteCount)
        unsafe encoder.writeCodes(of: UInt64(low)..<UInt64(high), into: codes)
        let total = done.add(high - low)
        progress?(total)
      }
    } catch {
      throw GalleryError(.cancelled, "coding the gallery was cancelled")
    }
    return unsafe SketchGallery(
      description: GalleryDescription(
        population: population.digest, rows: nil, size: size, dimension: Population.dimension,
        encoding: "sketch"),
      codes: UnsafeRawBufferPointer(start: memory.base, count: memory.count), owner: memory)
  }

  private static func reserve(size: Int) throws(GalleryError) -> HugePages {
    guard size >= 0, UInt64(size) < Population.firstStranger else {
      throw GalleryError(.badSize, "a gallery has from 0 to 2^40 - 1 templates, not \(size)")
    }
    let bytes = size * SketchCode.byteCount
    let available = SystemMemory.availableBytes ?? .max
    guard bytes <= available, let memory = HugePages(count: bytes) else {
      throw GalleryError(
        .doesNotFit,
        "\(size) sketches need \(bytes) bytes, and \(available) are available; "
          + "ask for at most \(available / SketchCode.byteCount) templates, or free memory")
    }
    return memory
  }

  /// The code of identity `index`.
  package func code(_ index: Int) -> SketchCode {
    precondition(index >= 0 && index < count, "code out of range")
    let start = index * SketchCode.byteCount
    return unsafe SketchCode(
      bytes: UnsafeRawBufferPointer(rebasing: codes[start..<start + SketchCode.byteCount]))
  }

  /// Codes `range`, contiguous, `range.count * 16` bytes; valid only inside `body`.
  package func withCodes<R, E: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "codes out of range")
    return try unsafe body(
      UnsafeRawBufferPointer(
        rebasing: codes[
          range.lowerBound * SketchCode.byteCount..<range.upperBound * SketchCode.byteCount]))
  }
}

private final class Progress: Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int) -> Int { value.wrappingAdd(amount, ordering: .relaxed).newValue }
}
