// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Population
internal import Synchronization

/// N templates of one signed byte a coordinate and a scale each, in memory or mapped from a file.
///
/// Immutable once built, so any number of threads may read it. 516 bytes a template of 512 coordinates,
/// a quarter of float32; how much of a template is lost says `TemplatesInt8.md`.
package struct QuantizedGallery: Sendable {
  /// Templates of one piece of building work: 2 MiB of bytes, one huge page.
  private static let piece = 4096

  package let description: GalleryDescription
  /// All templates; the view keeps their memory.
  package let rows: QuantizedRows
  private let memory: HugePages?

  /// Number of templates.
  package var count: Int { description.size }
  /// Bytes of all templates and scales.
  package var byteCount: Int { rows.count * (rows.dimension + MemoryLayout<Float>.size) }
  /// How many bytes are on 2 MiB pages; `nil` if the system does not tell, and for a mapped file.
  package var hugePageByteCount: Int? { memory?.hugeBytes }

  /// A gallery of rows that are there already, such as a mapped file.
  init(description: GalleryDescription, rows: QuantizedRows) {
    precondition(description.size == rows.count, "the rows must just fit")
    self.description = description
    self.rows = rows
    memory = nil
  }

  private init(_ from: GalleryDescription, _ memory: HugePages) {
    description = GalleryDescription(
      population: from.population, rows: from.rows, size: from.size, dimension: from.dimension,
      encoding: GalleryEncoding.int8.rawValue)
    rows = unsafe QuantizedRows(
      UnsafePointer(memory.base.assumingMemoryBound(to: Int8.self)),
      scales: UnsafePointer(
        (memory.base + Self.scalesOffset(from.size, from.dimension))
          .assumingMemoryBound(to: Float.self)),
      count: from.size, dimension: from.dimension, owner: memory)
    self.memory = memory
  }

  /// Draws and quantizes identities `0 ..< size` of `population`, in O(size) on `threads` threads of its
  /// own. The float templates are never held: what is needed is 516 bytes each.
  ///
  /// The bytes do not depend on `threads`, and are those of a stored int8 gallery. `progress` is called
  /// from those threads with the number of templates done so far, about once per 4,096; its calls may
  /// overlap and arrive out of order.
  /// - Throws: `doesNotFit` before anything is allocated, when the templates need more memory than is
  ///   available; `cancelled` when the task is.
  package static func build(
    population: Population, size: Int, threads: Int = 1,
    progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws(GalleryError) -> QuantizedGallery {
    guard size >= 0, UInt64(size) < Population.firstStranger else {
      throw GalleryError(.badSize, "a gallery has from 0 to 2^40 - 1 templates, not \(size)")
    }
    let description = GalleryDescription(
      population: population.digest, rows: nil, size: size, dimension: Population.dimension,
      encoding: GalleryEncoding.int8.rawValue)
    let dimension = Population.dimension
    return try await unsafe make(description, threads, progress) { range, quantize in
      // A few rows at a time stay in the first-level cache between drawing and quantizing.
      let few = 8
      unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: few * dimension) { floats in
        for low in stride(from: range.lowerBound, to: range.upperBound, by: few) {
          let some = low..<min(low + few, range.upperBound)
          let drawn = unsafe UnsafeMutableBufferPointer(
            rebasing: floats[..<(some.count * dimension)])
          unsafe population.writeTemplates(
            of: UInt64(some.lowerBound)..<UInt64(some.upperBound), into: drawn)
          unsafe quantize(some, UnsafeBufferPointer(drawn))
        }
      }
    }
  }

  /// Quantizes the float32 templates of `source`, in O(size) on `threads` threads. Rows with a NaN or an
  /// infinity get the scale NaN and never become candidates.
  ///
  /// - Throws: as `build(population:)`.
  package static func build(
    quantizing source: some TemplateSource, threads: Int = 1,
    progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) async throws(GalleryError) -> QuantizedGallery {
    let templates = source.templates
    return try await unsafe make(source.description, threads, progress) { range, quantize in
      unsafe templates.withTemplates(range) { unsafe quantize(range, $0) }
    }
  }

  private typealias Quantize = (_ range: Range<Int>, _ rows: UnsafeBufferPointer<Float>) -> Void

  /// `supply` gets a range and hands its rows, in as many parts as it likes, to `quantize`.
  private static func make(
    _ from: GalleryDescription, _ threads: Int, _ progress: (@Sendable (Int) -> Void)?,
    _ supply: @escaping @Sendable (_ range: Range<Int>, _ quantize: Quantize) -> Void
  ) async throws(GalleryError) -> QuantizedGallery {
    let (size, dimension) = (from.size, from.dimension)
    let memory = try reserve(size: size, dimension: dimension)
    let done = Progress()
    do {
      try await WorkerThreads.run(threads: threads, items: (size + piece - 1) / piece) { _, item in
        let range = item * piece..<min((item + 1) * piece, size)
        let bytes = unsafe memory.base.assumingMemoryBound(to: Int8.self)
        let scales = unsafe (memory.base + scalesOffset(size, dimension))
          .assumingMemoryBound(to: Float.self)
        unsafe supply(range) { part, rows in
          for (index, row) in part.enumerated() {
            unsafe scales[row] = Int8Quantizer.quantize(
              UnsafeBufferPointer(rebasing: rows[index * dimension..<(index + 1) * dimension]),
              into: UnsafeMutableBufferPointer(start: bytes + row * dimension, count: dimension))
          }
        }
        let total = done.add(range.count)
        progress?(total)
      }
    } catch {
      throw GalleryError(.cancelled, "quantizing the gallery was cancelled")
    }
    return QuantizedGallery(from, memory)
  }

  /// Scales follow the bytes, on a cache line of their own.
  private static func scalesOffset(_ size: Int, _ dimension: Int) -> Int {
    (size * dimension + 63) / 64 * 64
  }

  private static func reserve(size: Int, dimension: Int) throws(GalleryError) -> HugePages {
    let row = dimension + MemoryLayout<Float>.size
    let available = SystemMemory.availableBytes ?? .max
    let bytes = scalesOffset(size, dimension) + size * MemoryLayout<Float>.size
    guard bytes <= available, let memory = HugePages(count: bytes) else {
      throw GalleryError(
        .doesNotFit,
        "\(size) int8 templates need \(bytes) bytes, and \(available) are available; "
          + "ask for at most \(available / row) templates, or free memory")
    }
    return memory
  }
}

private final class Progress: Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int) -> Int { value.wrappingAdd(amount, ordering: .relaxed).newValue }
}
