// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries

/// Probes of a pass, quantized and packed once for all blocks, and how wrong their scores can be.
@safe final class QuantizedProbes: Sendable {
  let count: Int
  /// For each probe, what its scores may be off.
  let errors: [ScoreError]
  // Written in `init` only.
  private nonisolated(unsafe) let packed: UnsafeMutableRawPointer

  /// Probes `panel` of `probes`, whose scores are to be compared with those that `rescorer` gives.
  init(_ probes: ProbeBatch, _ panel: Range<Int>, rescorer: Rescorer) {
    count = panel.count
    let dimension = probes.dimension
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: sl_packed_int8_bytes(panel.count, dimension), alignment: 64)
    unsafe packed = unsafe memory
    var residuals = [Double](repeating: 0, count: panel.count)
    unsafe probes.withRows { all in
      unsafe sl_pack_probes_int8(
        all.baseAddress.map { unsafe $0 + panel.lowerBound * dimension }, panel.count, dimension,
        memory, &residuals)
    }
    errors = residuals.map {
      ScoreError(residual: $0, dimension: dimension, exact: rescorer.isExact)
    }
  }

  deinit { unsafe packed.deallocate() }

  /// Finds the rows at or above each probe's threshold; see `sl_best_rows_int8`.
  func findBest(
    _ rows: UnsafeBufferPointer<Int8>, _ scales: UnsafeBufferPointer<Float>, dimension: Int,
    thresholds: [Float], hits: UnsafeMutablePointer<sl_hit>, room: Int, found: inout [Int]
  ) {
    unsafe sl_best_rows_int8(
      packed, count, rows.baseAddress, scales.baseAddress, scales.count, dimension, thresholds,
      hits, room, &found)
  }
}

/// Proven bound of the difference between a probe's int8 scores and the scores that count.
///
/// With the probe x = x' + d and the template t = t' + e, where the dashes mark what the bytes say,
/// x t - x' t' = d t' + x e, so by Cauchy and Schwarz the difference is at most |d| |t'| + |x| |e|. |d|
/// is known; no coordinate of t is off by more than half its scale s, so |e| <= s sqrt(n) / 2; |x| and
/// |t| are within 1e-3 of 1. That is `fixed + slope * s`: about 0.007 + 0.013 for templates of the
/// population, where the standard deviation of the difference is 0.0005. Where the score that counts is
/// the restored template's, x t', the second term is not there.
struct ScoreError: Sendable {
  private let fixed: Float
  private let slope: Float

  init(residual: Double, dimension: Int, exact: Bool) {
    let unit = 1.001
    // A little more than half a step, since x / s is rounded before it is rounded to an integer.
    let half = 0.5001 * Double(dimension).squareRoot()
    // 2e-6: float32 roundings of scores near 1 and of the sums here.
    fixed = Float(unit * residual + 2e-6)
    slope = Float(half * (residual + (exact ? unit : 0)) * 1.000_001)
  }

  /// The bound for a template of this scale.
  func callAsFunction(_ scale: Float) -> Float { fixed + slope * scale.magnitude }
}
