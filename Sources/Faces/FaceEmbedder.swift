// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
package import Frames

/// Embeds faces by precomputed vector: measured quality picks the tier, tier and appearance the row.
///
/// There is no face recogniser here. A row was drawn from the population model when the frame set was
/// made, as a capture of the appearance's identity at that quality.
package struct FaceEmbedder: Sendable {
  /// What became of a face.
  package enum Outcome: Hashable, Sendable {
    /// Row of the probes, and the tier (0 is best).
    case embedded(row: Int, tier: Int)
    /// Failure to extract (FTX): the pixels do not reach the lowest tier.
    case belowQualityFloor
    /// The marker belongs to no appearance of this camera: a misread or foreign marker.
    case unknownMarker
  }

  package let tiers: [FrameSetManifest.Tier]
  private let probes: VectorFile
  private let firstRows: [Key: Int]

  private struct Key: Hashable {
    let camera: String
    let marker: Int
  }

  /// Number of coordinates of an embedding.
  package var dimension: Int { probes.dimension }

  /// - Throws: `FileError` when the probes lack a row that the manifest promises.
  package init(_ set: FrameSet, dimension: Int) throws(FileError) {
    let manifest = set.manifest
    probes = try set.probes()
    tiers = manifest.tiers
    guard probes.dimension == dimension else {
      throw FileError(
        .malformed, set.probesPath,
        "holds vectors of \(probes.dimension) coordinates, but the gallery has \(dimension)")
    }
    var rows: [Key: Int] = [:]
    for appearance in manifest.appearances {
      guard appearance.firstRow + tiers.count <= probes.count else {
        throw FileError(
          .malformed, set.probesPath,
          "has \(probes.count) rows, but marker \(appearance.marker) of \(appearance.camera) needs "
            + "rows \(appearance.firstRow) to \(appearance.firstRow + tiers.count - 1); "
            + "make the frame set again")
      }
      let key = Key(camera: appearance.camera, marker: appearance.marker)
      guard rows.updateValue(appearance.firstRow, forKey: key) == nil else {
        throw FileError(
          .malformed, set.manifestPath,
          "gives marker \(appearance.marker) of \(appearance.camera) to two appearances")
      }
    }
    firstRows = rows
  }

  /// Picks the row for a face as measured.
  package func embed(_ face: LocatedFace, camera: String) -> Outcome {
    guard let firstRow = firstRows[Key(camera: camera, marker: face.marker)] else {
      return .unknownMarker
    }
    let tier = tiers.firstIndex {
      face.decodedSide >= $0.minimumPixels && face.margin >= $0.minimumMargin
    }
    guard let tier else { return .belowQualityFloor }
    return .embedded(row: firstRow + tier, tier: tier)
  }

  /// The embedding in `row`: `dimension` floats, valid only inside `body`.
  package func withEmbedding<R>(
    row: Int, _ body: (UnsafeBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    try unsafe probes.withRow(row, body)
  }
}
