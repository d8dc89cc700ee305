// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import CKernels
internal import Population

/// The way back from 512 coordinates to the 145 of the population's own space.
package enum LatentSpace {
  /// Writes the 145 latent coordinates of a vector of 512: the transpose of the population's map. Inner
  /// products with templates stay; what of the vector is outside their space is dropped.
  package static func writeLatent(
    ofTemplate vector: UnsafeBufferPointer<Float>, into latent: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(vector.count == Population.dimension, "a template has 512 coordinates")
    precondition(latent.count == Population.latentDimension, "a latent vector has 145 coordinates")
    unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: Population.latentDimension) {
      exact in
      unsafe sl_unmap_vector(GeneratorTables.shared.pointer, vector.baseAddress, exact.baseAddress)
      for j in 0..<exact.count { unsafe latent[j] = Float(exact[j]) }
    }
  }
}
