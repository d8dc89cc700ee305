// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels

/// What the kernels found on this CPU, for reports.
package struct KernelReport: Codable, Hashable, Sendable {
  package let avx2: Bool
  package let fma: Bool
  package let avx512f: Bool
  package let popcnt: Bool
  /// The variant all kernels use: `avx2` or `portable`.
  package let variant: String

  /// This machine's.
  package static var current: KernelReport {
    let cpu = sl_cpu()
    return KernelReport(
      avx2: cpu.avx2, fma: cpu.fma, avx512f: cpu.avx512f, popcnt: cpu.popcnt,
      variant: cpu.uses_avx2 ? "avx2" : "portable")
  }
}
