// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import COpenBLAS

/// The OpenBLAS in use: which build, and how it is set.
package struct OpenBLASInfo: Codable, Hashable, Sendable {
  /// Its own words: version, options, core.
  package let configuration: String
  /// The kernels it chose, such as `Zen` or `SkylakeX`.
  package let core: String
  /// Threads it uses in one call; 1 once a matcher exists, since threads over blocks are ours.
  package let threads: Int
  /// `serial`, `pthreads` or `openmp`: which flavour the system's alternatives point to.
  package let parallel: String

  /// The library as it is now.
  package static var current: OpenBLASInfo {
    OpenBLASInfo(
      configuration: unsafe String(cString: openblas_get_config()),
      core: unsafe String(cString: openblas_get_corename()),
      threads: Int(openblas_get_num_threads()),
      parallel: ["serial", "pthreads", "openmp"][min(max(Int(openblas_get_parallel()), 0), 2)])
  }

  // Once per process: the setting is global, and changing it again would disturb running searches.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  static func useOneThread() { _ = singleThreaded }
}
