// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import SystemPackage

/// Files of vectors that other programs use, by the end of their names.
package enum VectorFormat: String, CaseIterable, Hashable, Sendable {
  /// big-ann-benchmarks.
  case fbin
  /// NumPy.
  case npy
  /// ann-benchmarks; also `.h5`. Read, not written.
  case hdf5

  package init(of path: FilePath) throws(GalleryError) {
    let ending = path.extension?.lowercased() ?? ""
    guard let format = VectorFormat(rawValue: ending == "h5" ? "hdf5" : ending) else {
      throw GalleryError(
        .badArgument, "\(path): the name must end in .fbin, .npy, or for import also .hdf5 or .h5")
    }
    self = format
  }
}
