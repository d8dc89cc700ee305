// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files
internal import Glibc
package import Population
internal import Synchronization

/// N templates of 512 float32 in memory, row by row: identity *i* is row *i*.
///
/// Immutable once built, so any number of threads may read it.
@safe package final class InMemoryGallery: TemplateSource {
  /// Templates of one piece of building work: 2 MiB, one huge page.
  private static let piece = 1024

  package let description: GalleryDescription
  private let memory: HugePages

  /// Number of templates.
  package var count: Int { description.size }
  /// Coordinates of a template.
  package var dimension: Int { description.dimension }
  /// Bytes of all templates.
  package var byteCount: Int { memory.count }
  /// How many of these bytes are on 2 MiB pages; `nil` if the system does not tell.
  package var hugePageByteCount: Int? { memory.hugeBytes }

  private init(_ description: GalleryDescription, _ memory: HugePages) {
    self.description = description
    self.memory = memory
  }

  /// Draws identities `0 ..< size` of `population`, in O(size) on `threads` threads of its own.
  ///
  /// The templates do not depend on `threads`. `progress` is called from those threads with the number
  /// of templates done so far, about once per 1,024; its calls may overlap and arrive out of order.
  /// - Throws: `doesNotFit` before anything is allocated, when the templates need more memory than is
  ///   available; `cancelled` when the task is.
  package static func build(
    population: Population, size: Int, threads: Int = 1,
    progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws(GalleryError) -> InMemoryGallery {
    let memory = try reserve(size: size)
    let done = Counter()
    do {
      let pieces = (size + piece - 1) / piece
      try await WorkerThreads.run(threads: threads, items: pieces) { _, item in
        let low = item * piece
        let high = min(low + piece, size)
        let rows = unsafe UnsafeMutableBufferPointer(
          start: memory.base.assumingMemoryBound(to: Float.self) + low * Population.dimension,
          count: (high - low) * Population.dimension)
        unsafe population.writeTemplates(of: UInt64(low)..<UInt64(high), into: rows)
        let total = done.add(high - low)
        progress?(total)
      }
    } catch {
      throw GalleryError(.cancelled, "building the gallery was cancelled")
    }
    let description = GalleryDescription(
      population: population.digest, rows: nil, size: size, dimension: Population.dimension,
      encoding: "float32")
    return InMemoryGallery(description, memory)
  }

  /// A gallery of given rows, 512 floats each, for tests and benchmarks.
  ///
  /// - Throws: `badRows` unless every row is a unit vector within 1e-3, all zero, or has a NaN or an
  ///   infinity; such a row never becomes a candidate. `doesNotFit` as for `build`.
  package convenience init(rows: [Float]) throws(GalleryError) {
    let dimension = Population.dimension
    guard rows.count % dimension == 0 else {
      throw GalleryError(
        .badRows, "\(rows.count) floats are no whole number of rows of \(dimension)")
    }
    let size = rows.count / dimension
    for row in 0..<size {
      var square = 0.0
      for x in rows[row * dimension..<(row + 1) * dimension] { square += Double(x) * Double(x) }
      let norm = square.squareRoot()
      guard !norm.isFinite || norm == 0 || (norm - 1).magnitude <= 1e-3 else {
        throw GalleryError(.badRows, "row \(row) has norm \(norm); divide it by that")
      }
    }
    let memory = try Self.reserve(size: size)
    let digest = unsafe rows.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(start: memory.base, count: memory.count)
        .copyMemory(from: bytes)
      return unsafe SHA256Digest(of: bytes)
    }
    let description = GalleryDescription(
      population: nil, rows: digest, size: size, dimension: dimension, encoding: "float32")
    self.init(description, memory)
  }

  package var templates: TemplateRows {
    unsafe TemplateRows(
      UnsafePointer(memory.base.assumingMemoryBound(to: Float.self)), count: count,
      dimension: dimension, owner: self)
  }

  private static func reserve(size: Int) throws(GalleryError) -> HugePages {
    guard size >= 0, UInt64(size) < Population.firstStranger else {
      throw GalleryError(.badSize, "a gallery has from 0 to 2^40 - 1 templates, not \(size)")
    }
    let bytes = size * Population.dimension * MemoryLayout<Float>.size
    let available = SystemMemory.availableBytes ?? .max
    guard bytes <= available, let memory = HugePages(count: bytes) else {
      let fitting = available / Population.dimension / MemoryLayout<Float>.size
      throw GalleryError(
        .doesNotFit,
        "\(size) float32 templates need \(bytes) bytes, and \(available) are available; "
          + "ask for at most \(fitting) templates, or free memory")
    }
    return memory
  }

  /// Rows `range`, contiguous, `range.count * dimension` floats; valid only inside `body`.
  package func withTemplates<R, E: Error>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "templates out of range")
    let rows = unsafe UnsafeBufferPointer(
      start: UnsafePointer(memory.base.assumingMemoryBound(to: Float.self))
        + range.lowerBound * dimension,
      count: range.count * dimension)
    return try unsafe body(rows)
  }
}

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int) -> Int { value.wrappingAdd(amount, ordering: .relaxed).newValue }
}
