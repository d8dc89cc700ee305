// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// Where the synthetic vectors of a frame set come from.
package protocol ProbeSource: Sendable {
  /// Seed of the population, for the manifest.
  var populationSeed: UInt64 { get }
  /// Digest of the population's parameters, for the manifest.
  var populationDigest: SHA256Digest { get }
  /// Floats in a probe.
  var dimension: Int { get }

  /// The arguments of `sightline simulate` that choose this source, for the manifest.
  var arguments: [String] { get }

  /// One capture of `identity` at quality tier `tier` (0 is best); a pure function of its arguments.
  /// `draw` tells captures of one identity apart.
  func probe(identity: UInt64, tier: Int, draw: UInt64) -> [Float]
}
