// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import COpenBLAS

/// How a block of templates is multiplied with the probes of a panel.
package enum BlockProduct: String, Codable, Hashable, Sendable, CaseIterable {
  /// Our own kernels: probes packed once, templates read where they lie, the threshold applied to sums
  /// still in registers.
  case fused
  /// `cblas_sgemm` into a buffer of one block, then selection.
  case openBLAS = "OpenBLAS"

  /// Our own where it has kernels for this CPU, BLAS elsewhere: sgemm packs the gallery anew for every
  /// batch and writes every score, which pays for itself only in large ones (`Bench/results/peers.md`).
  package static var best: BlockProduct { hasKernels ? .fused : .openBLAS }

  /// The instructions that our own kernels use here: `avx512`, `avx2` or `portable`.
  package static var kernelVariant: String { unsafe String(cString: sl_best_rows_variant()) }

  private static let hasKernels = kernelVariant != "portable"
}

/// The probes of one panel, made ready to be multiplied with many blocks by any number of threads.
@safe final class BlockMultiplication: @unchecked Sendable {
  // Unchecked: `packed` is written in `init` and only read afterwards.
  let panel: Range<Int>
  private let product: BlockProduct
  private let probes: ProbeBatch
  private let packed: UnsafeMutableBufferPointer<Float>

  init(_ product: BlockProduct, _ probes: ProbeBatch, _ panel: Range<Int>) {
    self.product = product
    self.probes = probes
    self.panel = panel
    guard product == .fused else {
      unsafe packed = .init(start: nil, count: 0)
      return
    }
    let dimension = probes.dimension
    let floats = sl_packed_floats(panel.count, dimension)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: floats * MemoryLayout<Float>.stride, alignment: 64)
    unsafe packed = memory.bindMemory(to: Float.self)
    unsafe probes.withRows { rows in
      unsafe sl_pack_probes(
        rows.baseAddress.map { unsafe $0 + panel.lowerBound * dimension }, panel.count, dimension,
        packed.baseAddress)
    }
  }

  deinit { unsafe packed.deallocate() }

  /// Writes the rows of `block` that score at or above the thresholds of `space` to its hits.
  func findBest(of block: UnsafeBufferPointer<Float>, _ rowCount: Int, _ space: Workspace) {
    switch product {
    case .fused:
      unsafe sl_best_rows(
        packed.baseAddress, panel.count, block.baseAddress, rowCount, probes.dimension,
        space.thresholds.baseAddress, space.hits.baseAddress, space.hitRoom,
        space.found.baseAddress)
    case .openBLAS:
      unsafe multiplyBySgemm(block, rowCount, space)
    }
  }

  private func multiplyBySgemm(
    _ block: UnsafeBufferPointer<Float>, _ rowCount: Int, _ space: Workspace
  ) {
    let dimension = Int32(probes.dimension)
    space.makeRoomForScores()
    unsafe probes.withRows { rows in
      let own = unsafe rows.baseAddress.map { unsafe $0 + panel.lowerBound * probes.dimension }
      unsafe cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(panel.count), Int32(rowCount), dimension, 1,
        own, dimension, block.baseAddress, dimension, 0, space.scores.baseAddress, Int32(rowCount))
    }
    for probe in 0..<panel.count {
      guard let scores = unsafe space.scores.baseAddress else { return }
      let own = unsafe scores + probe * rowCount
      let count = unsafe sl_select(
        own, rowCount, space.thresholds[probe], space.indices.baseAddress)
      for i in 0..<count {
        let row = unsafe space.indices[i]
        unsafe space.hits[probe * space.hitRoom + i] = sl_hit(score: own[Int(row)], row: row)
      }
      unsafe space.found[probe] = count
    }
  }
}
