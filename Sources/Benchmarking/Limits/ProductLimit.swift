// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import COpenBLAS
internal import Galleries
internal import Synchronization

/// OpenBLAS's sgemm alone: probes times rows, in pieces over our threads, one BLAS thread each, the
/// products overwritten. What exact search would take if selecting candidates were free.
///
/// Which piece and which of the two orders is fastest differs with the shape, so all are tried before
/// rounds begin and the best is the limit: one that a matcher does not pass by a lucky choice alone.
@safe final class ProductLimit: Sendable {
  /// A way to cut and orient the product.
  struct Way: Hashable, Sendable {
    /// Rows of a piece.
    let piece: Int
    /// Whether scores lie by row and not by probe.
    let byRow: Bool
  }

  static let ways = [1_024, 4_096, 16_384].flatMap { piece in
    [false, true].map { Way(piece: piece, byRow: $0) }
  }

  let probes: Int
  let dimension: Int
  let rows: Int
  private let buffer: LimitBuffer
  private let scratch: Mutex<[Scratch]>

  /// Multiplies `probes` probes with `rows` rows, or as many as the buffer has.
  init(_ buffer: LimitBuffer, probes: Int, rows: Int, dimension: Int) {
    openblas_set_num_threads(1)
    self.buffer = buffer
    self.probes = probes
    self.dimension = dimension
    self.rows = max(1, min(rows, buffer.byteCount / (dimension * 4)))
    scratch = Mutex([])
  }

  /// Multiply-adds count twice.
  var operations: Double { 2 * Double(probes) * Double(rows) * Double(dimension) }

  /// The fastest way, by one pass each over at most `limit` rows after one that is not counted.
  func fastestWay(threads: Int, limit: Int) async throws -> Way {
    var best: (way: Way, time: UInt64)?
    for way in Self.ways where way.piece < 2 * rows || way.piece == Self.ways[0].piece {
      try await multiply(way, threads: threads, limit: min(limit, way.piece * threads))
      let start = Usage.wallNow
      try await multiply(way, threads: threads, limit: limit)
      let time = Usage.wallNow - start
      if time < best?.time ?? .max { best = (way, time) }
    }
    return best?.way ?? Self.ways[0]
  }

  /// One product of all probes with the first `limit` rows.
  func multiply(_ way: Way, threads: Int, limit: Int = .max) async throws {
    let rows = min(self.rows, limit)
    let items = (rows + way.piece - 1) / way.piece
    let spaces = (0..<min(threads, items)).map { _ in
      scratch.withLock { $0.popLast() } ?? Scratch()
    }
    defer { scratch.withLock { $0.append(contentsOf: spaces) } }
    for space in spaces { space.grow(probes * way.piece) }
    try await WorkerThreads.run(threads: spaces.count, items: items) {
      [buffer, probes, dimension] worker, item in
      let range = item * way.piece..<min((item + 1) * way.piece, rows)
      let scores = unsafe spaces[worker].floats
      let (m, n, d) = (Int32(probes), Int32(range.count), Int32(dimension))
      // The probes are rows of the buffer too: what they hold does not matter to the time.
      unsafe buffer.withRows(0..<probes, dimension: dimension) { probe in
        unsafe buffer.withRows(range, dimension: dimension) { block in
          if way.byRow {
            unsafe cblas_sgemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, n, m, d, 1, block, d, probe, d, 0, scores, m)
          } else {
            unsafe cblas_sgemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, m, n, d, 1, probe, d, block, d, 0, scores, n)
          }
        }
      }
    }
  }
}

/// Where one worker's products go; one thread uses it at a time.
@safe private final class Scratch: @unchecked Sendable {
  // Unchecked: taken out of the limit's store by one product, which gives each worker its own.
  private(set) var floats = UnsafeMutablePointer<Float>.allocate(capacity: 1)
  private var room = 1

  func grow(_ count: Int) {
    guard count > room else { return }
    unsafe floats.deallocate()
    unsafe floats = .allocate(capacity: count)
    unsafe floats.initialize(repeating: 0, count: count)
    room = count
  }

  deinit { unsafe floats.deallocate() }
}
