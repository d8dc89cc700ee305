// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// Cosines of a probe with many identities, within bounds that hold: the first look of a rerank.
///
/// Where the CPU can read byte tables in its registers (AVX-512 VBMI) a plain identity takes some 11 ns
/// and its cosine is known within 0.03; elsewhere, and for people with relatives or cells, the latent
/// vector is drawn (160 to 350 ns) and the cosine is known but for float32 rounding.
@safe package final class ScoreBounds: Sendable {
  private let population: Population
  private let key: UInt64
  // Written by `init`, freed by `deinit`, only read between.
  private nonisolated(unsafe) let tables: UnsafeMutablePointer<sl_bounds>
  private let isQuick: Bool
  // Float32 products of 145 terms, vectors mapped and unmapped: a generous bound of their error.
  private static let rounding: Float = 4e-5

  /// A probe made ready.
  package struct Probe: Sendable {
    fileprivate var bytes = sl_bounds_probe()
    fileprivate let latent: [Float]

    /// A probe by its 145 latent coordinates, all finite.
    package init(latent: [Float]) {
      precondition(
        latent.count == Population.latentDimension, "a latent vector has 145 coordinates")
      self.latent = latent
      unsafe sl_bounds_probe_fill(latent, &bytes)
    }
  }

  package init(_ population: Population) {
    self.population = population
    key = SplitMix64.mixed(
      SplitMix64.mixed(population.description.seed) ^ SplitMix64.Domain.identity.number)
    unsafe tables = .allocate(capacity: 1)
    unsafe sl_bounds_fill(
      GeneratorTables.shared.pointer, population.typicality, tables)
    #if arch(x86_64)
      isQuick = sl_score_bounds_avx512_runs()
    #else
      isQuick = false
    #endif
  }

  /// Writes for each identity a cosine with `probe` and how far the true one may be from it. Arrays of one
  /// length; allocates nothing.
  package func write(
    of identities: UnsafeBufferPointer<UInt64>, probe: borrowing Probe,
    middle: UnsafeMutableBufferPointer<Float>, reach: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      middle.count == identities.count && reach.count == identities.count,
      "one middle and one reach for each identity")
    if isQuick, population.hasPlain {
      unsafe withUnsafePointer(to: probe.bytes) { bytes in
        unsafe sl_score_bounds(
          tables, key, bytes, identities.baseAddress, identities.count, middle.baseAddress,
          reach.baseAddress)
      }
      if population.isPlain { return }
    }
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Population.latentDimension) {
      latent in
      for i in 0..<identities.count {
        let identity = unsafe identities[i]
        if isQuick, population.isPlain(identity) { continue }
        unsafe population.writeLatent(of: identity, into: latent)
        unsafe middle[i] = Float(
          sl_exact_dot(probe.latent, latent.baseAddress, Population.latentDimension))
        unsafe reach[i] = Self.rounding
      }
    }
  }

  deinit { unsafe tables.deallocate() }
}
