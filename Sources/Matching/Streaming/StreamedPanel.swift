// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Galleries
internal import Population

/// The probes that share one drawing of a gallery: in bytes for the first look, in latent coordinates for
/// the second, and as they came for the last word.
@safe final class StreamedPanel: Sendable {
  /// Number of probes.
  let count: Int
  let population: Population
  /// Packed for `sl_best_rows_int8`.
  let packed: AlignedBytes
  /// 145 coordinates a probe.
  private let latents: [Float]
  /// For each probe the length of what its bytes leave out.
  private let residuals: [Float]
  private let probes: ProbeBatch
  private let first: Int

  init(_ probes: ProbeBatch, _ panel: Range<Int>, _ population: Population) {
    self.probes = probes
    self.population = population
    first = panel.lowerBound
    count = panel.count
    let dimension = Population.latentDimension
    var latent = [Float](repeating: 0, count: panel.count * dimension)
    unsafe latent.withUnsafeMutableBufferPointer { latent in
      for (place, probe) in panel.enumerated() {
        unsafe probes.withRow(probe) { row in
          unsafe LatentSpace.writeLatent(
            ofTemplate: row,
            into: .init(rebasing: latent[place * dimension..<(place + 1) * dimension]))
        }
      }
    }
    var spread = [Float](repeating: 0, count: panel.count * Int(SL_SPREAD))
    unsafe latent.withUnsafeBufferPointer { latent in
      unsafe spread.withUnsafeMutableBufferPointer { spread in
        guard let from = latent.baseAddress, let to = spread.baseAddress else { return }
        for place in 0..<panel.count {
          unsafe sl_spread_latent(from + place * dimension, to + place * Int(SL_SPREAD))
        }
      }
    }
    latents = latent
    packed = AlignedBytes(count: sl_packed_int8_bytes(panel.count, Int(SL_SPREAD)))
    var lengths = [Double](repeating: 0, count: panel.count)
    unsafe sl_pack_probes_int8(spread, panel.count, Int(SL_SPREAD), packed.base, &lengths)
    residuals = lengths.map { Float($0) * 1.000_001 }
  }

  /// How far a score by bytes can be from the inner product of the latent vectors, for a template whose
  /// bytes leave out a part of length `lost` at most.
  ///
  /// With x = x' + d for the probe and t = t' + e for the template, dashes marking what the bytes say,
  /// x t - x' t' = d t' + x e, so by Cauchy and Schwarz it is at most |d| |t'| + |x| |e|, where no length
  /// is above 1.001 or |t'| above 1.001 + |e|. Some 0.013; the last term is for roundings to float32.
  func error(_ probe: Int, lost: Float) -> Float {
    residuals[probe] * (1.001 + lost) + 1.001 * lost + 2e-6
  }

  /// Inner product of a probe with a latent vector of 145 coordinates.
  func product(_ probe: Int, _ latent: UnsafePointer<Float>) -> Float {
    let dimension = Population.latentDimension
    return unsafe latents.withUnsafeBufferPointer { all in
      unsafe Float(
        sl_exact_dot(all.baseAddress.map { unsafe $0 + probe * dimension }, latent, dimension))
    }
  }

  /// Drops of `entries` what cannot be among the `k` best when scores are off by up to `error`.
  func thin(_ entries: inout [Candidate], to k: Int, error: Float) {
    guard entries.count > k else { return }
    var scores = entries.map(\.score)
    let floor = unsafe scores.withUnsafeMutableBufferPointer { scores in
      unsafe scores.baseAddress.map { unsafe kthLargest($0, scores.count, k) } ?? 0
    }
    entries.removeAll { $0.score < floor - 2 * error }
  }

  /// The `k` best of `entries` by the scores that `ExactMatcher` gives.
  func best(_ entries: some Sequence<Candidate>, _ probe: Int, _ k: Int) -> ArraySlice<Candidate> {
    entries.map { rescored($0.subject, probe) }.sorted { $0.precedes($1) }.prefix(k)
  }

  private func rescored(_ subject: UInt64, _ probe: Int) -> Candidate {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.dimension) {
      template in
      unsafe population.writeTemplate(of: subject, into: template)
      let score = unsafe probes.withRow(first + probe) { row in
        unsafe sl_exact_dot(row.baseAddress, template.baseAddress, Population.dimension)
      }
      return Candidate(subject: subject, score: Float(score))
    }
  }
}

/// Memory on whole cache lines, never initialised.
@safe final class AlignedBytes: Sendable {
  // Written by whoever makes it, or by the one worker it belongs to; shared only to be read.
  nonisolated(unsafe) let base: UnsafeMutableRawPointer

  init(count: Int) {
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 64)
  }

  deinit { unsafe base.deallocate() }
}
