// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Sensors

/// Where the frames of a point come from: a set that was there before, or one rendered for the sweep.
package struct FrameSource: Codable, Hashable, Sendable {
  /// Folder of a set that was there before.
  package var folder: String?
  /// SHA-256 of its manifest; absent for a set that is rendered.
  package var digest: SHA256Digest?
  /// Of a rendered set: the side of the markers in pixels of a picture 720 high, which is how far away
  /// people are.
  package var markerPixels: Double?
  /// Of a rendered set: the JPEG quality.
  package var quality: Int?
  /// Of a rendered set: the arguments of `sightline simulate` that make it again.
  package var simulate: [String]?

  /// A set that was there before.
  package init(folder: String, digest: SHA256Digest) {
    self.folder = folder
    self.digest = digest
  }

  /// A set to be rendered by `options`, whose distance and quality are replaced.
  ///
  /// - Throws: `SweepError` with code `badPlan` for a marker that no room has place for.
  package init(
    markerPixels: Double, quality: Int, options: SimulationOptions, probes: [String]
  ) throws(SweepError) {
    self.markerPixels = markerPixels
    self.quality = quality
    simulate = try Self.options(options, markerPixels, quality).arguments + probes
  }

  /// What conditions the frames were taken under, as opposed to how they are processed: points that share
  /// it can be weighed against each other.
  package var condition: String {
    folder ?? markerPixels.map { WalkingDistance(pixels: $0)?.rawValue ?? "\($0)px" } ?? ""
  }

  static func options(
    _ options: SimulationOptions, _ markerPixels: Double, _ quality: Int
  ) throws(SweepError) -> SimulationOptions {
    guard let distance = WalkingDistance(pixels: markerPixels) else {
      throw .badPlan(
        "a marker of \(markerPixels) px does not fit in the simulated rooms: give sides from "
          + "\(Int(WalkingDistance.sides.lowerBound)) to \(Int(WalkingDistance.sides.upperBound))")
    }
    var options = options
    options.distance = [distance]
    options.quality = [quality]
    return options
  }

  var canonicalText: String {
    "frames=\(digest?.hex ?? (simulate ?? []).joined(separator: " "))\n"
  }
}
