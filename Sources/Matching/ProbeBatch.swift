// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// Probes to be searched together, row by row, checked as they come in.
package struct ProbeBatch: Sendable {
  /// How far a probe's norm may be from 1.
  package static let normTolerance = 1e-3

  package let dimension: Int
  package private(set) var count = 0
  private var rows: [Float] = []

  /// An empty batch with room for `capacity` probes.
  package init(dimension: Int = 512, capacity: Int = 0) {
    precondition(dimension > 0, "a probe has coordinates")
    self.dimension = dimension
    rows.reserveCapacity(capacity * dimension)
  }

  /// Adds a probe.
  ///
  /// - Throws: `wrongDimension`, `notFinite` (NaN or infinity), or `notUnit` (norm off by over 1e-3).
  package mutating func append(_ probe: UnsafeBufferPointer<Float>) throws(MatchingError) {
    guard probe.count == dimension, let base = probe.baseAddress else {
      throw MatchingError(
        .wrongDimension,
        "the probe has \(probe.count) coordinates, the gallery's templates \(dimension)")
    }
    // Squares of floats cannot overflow in double, so only a NaN or an infinity gives a non-finite sum.
    let norm = unsafe sl_exact_dot(base, base, dimension).squareRoot()
    guard norm.isFinite else {
      throw MatchingError(.notFinite, "the probe has a NaN or an infinity; drop it")
    }
    guard (norm - 1).magnitude <= Self.normTolerance else {
      throw MatchingError(.notUnit, "the probe has norm \(norm); divide it by that")
    }
    unsafe rows.append(contentsOf: probe)
    count += 1
  }

  /// Empties the batch; its memory is kept for the next.
  package mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    count = 0
  }

  package mutating func append(_ probe: [Float]) throws(MatchingError) {
    try unsafe probe.withUnsafeBufferPointer { (buffer) throws(MatchingError) in
      try unsafe append(buffer)
    }
  }

  /// All rows, `count * dimension` floats; valid only inside `body`.
  package func withRows<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    try unsafe rows.withUnsafeBufferPointer { try unsafe body($0) }
  }

  /// Row `probe`, `dimension` floats; valid only inside `body`.
  package func withRow<R>(
    _ probe: Int, _ body: (UnsafeBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    precondition(probe >= 0 && probe < count, "probe out of range")
    return try unsafe rows.withUnsafeBufferPointer {
      try unsafe body(.init(rebasing: $0[probe * dimension..<(probe + 1) * dimension]))
    }
  }
}
