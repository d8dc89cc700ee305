// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// What a frame set holds: `manifest.json`, the only file of it that names the others.
///
/// Times are microseconds since 1970-01-01T00:00:00Z. Boxes and marker sizes are full-resolution
/// pixels, origin top left. Nothing in it says who anybody is: that is in the truth file.
package struct FrameSetManifest: Codable, Hashable, Sendable {
  /// The version this code writes; later ones are refused.
  package static let currentVersion = 1
  package static let fileName = "manifest.json"
  package static let probesName = "probes.fbin"
  package static let truthName = "truth.json"

  package var formatVersion: Int
  /// Always true: there is no other kind of frame set.
  package var simulated: Bool
  package var generator: Generator
  package var population: PopulationReference
  package var cameras: [Camera]
  /// Quality tiers, best first; tier *t* of an appearance is row `firstRow + t` of the probes.
  package var tiers: [Tier]
  package var appearances: [Appearance]
  /// In order of capture time, then camera.
  package var frames: [Frame]
  /// SHA-256 of every other file that is not a frame, by name.
  package var files: [String: SHA256Digest]

  private enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case simulated, generator, population, cameras, tiers, appearances, frames, files
  }

  /// What made the set, so that it can be made again.
  package struct Generator: Codable, Hashable, Sendable {
    package var name: String
    package var version: Int
    package var seed: UInt64
    /// The arguments of `sightline simulate` that made it, without the output folder.
    package var arguments: [String]

    package init(name: String, version: Int, seed: UInt64, arguments: [String]) {
      self.name = name
      self.version = version
      self.seed = seed
      self.arguments = arguments
    }
  }

  /// The population the probes were drawn from.
  package struct PopulationReference: Codable, Hashable, Sendable {
    package var seed: UInt64
    package var digest: SHA256Digest

    package init(seed: UInt64, digest: SHA256Digest) {
      self.seed = seed
      self.digest = digest
    }
  }

  package struct Camera: Codable, Hashable, Sendable {
    package var id: String
    package var name: String
    package var width: Int
    package var height: Int
    package var framesPerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case id, name, width, height
      case framesPerSecond = "frames_per_second"
    }

    package init(id: String, name: String, width: Int, height: Int, framesPerSecond: Double) {
      self.id = id
      self.name = name
      self.width = width
      self.height = height
      self.framesPerSecond = framesPerSecond
    }
  }

  /// A quality tier: what a face must measure in the decoded pixels to be embedded with its row.
  package struct Tier: Codable, Hashable, Sendable {
    package var name: String
    /// Smallest marker side in *decoded* pixels.
    package var minimumPixels: Double
    /// Smallest decision margin of the marker's bits.
    package var minimumMargin: Double

    private enum CodingKeys: String, CodingKey {
      case name
      case minimumPixels = "minimum_pixels"
      case minimumMargin = "minimum_margin"
    }

    package init(name: String, minimumPixels: Double, minimumMargin: Double) {
      self.name = name
      self.minimumPixels = minimumPixels
      self.minimumMargin = minimumMargin
    }
  }

  /// One person as one camera sees them: the marker they carry there and their rows of probes.
  package struct Appearance: Codable, Hashable, Sendable {
    package var camera: String
    package var marker: Int
    package var firstRow: Int

    private enum CodingKeys: String, CodingKey {
      case camera, marker
      case firstRow = "first_row"
    }

    package init(camera: String, marker: Int, firstRow: Int) {
      self.camera = camera
      self.marker = marker
      self.firstRow = firstRow
    }
  }

  package struct Frame: Codable, Hashable, Sendable {
    package var camera: String
    /// Counts captures of its camera from 0; a gap is a frame the camera lost.
    package var seq: Int
    package var capturedAt: Int64
    package var file: String
    package var bytes: Int
    package var sha256: SHA256Digest
    /// Where a predictor would look for faces: x, y, width, height.
    package var boxes: [[Int]]

    private enum CodingKeys: String, CodingKey {
      case camera, seq, file, bytes, sha256, boxes
      case capturedAt = "captured_at_us"
    }

    package init(
      camera: String, seq: Int, capturedAt: Int64, file: String, bytes: Int,
      sha256: SHA256Digest, boxes: [[Int]]
    ) {
      self.camera = camera
      self.seq = seq
      self.capturedAt = capturedAt
      self.file = file
      self.bytes = bytes
      self.sha256 = sha256
      self.boxes = boxes
    }
  }

  package init(
    generator: Generator, population: PopulationReference, cameras: [Camera], tiers: [Tier],
    appearances: [Appearance], frames: [Frame], files: [String: SHA256Digest]
  ) {
    formatVersion = Self.currentVersion
    simulated = true
    self.generator = generator
    self.population = population
    self.cameras = cameras
    self.tiers = tiers
    self.appearances = appearances
    self.frames = frames
    self.files = files
  }
}
