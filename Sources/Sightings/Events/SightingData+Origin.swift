// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension SightingData {
  package struct Model: Hashable, Sendable, Codable {
    package struct Part: Hashable, Sendable, Codable {
      package let name: String
      package let version: String

      package init(name: String, version: String) {
        self.name = name
        self.version = version
      }
    }

    package let detector: Part
    package let embedder: Part
    package let matcher: Part

    package init(detector: Part, embedder: Part, matcher: Part) {
      self.detector = detector
      self.embedder = embedder
      self.matcher = matcher
    }
  }

  /// What is needed to make the event again.
  package struct Provenance: Hashable, Sendable, Codable {
    package let runID: String
    package let configurationDigest: String
    /// A 64-bit number in decimal; text, since JSON readers lose digits past 2^53.
    package let seed: String
    package let softwareVersion: String

    package init(runID: String, configurationDigest: String, seed: UInt64, softwareVersion: String)
    {
      self.runID = runID
      self.configurationDigest = configurationDigest
      self.seed = String(seed)
      self.softwareVersion = softwareVersion
    }

    private enum CodingKeys: String, CodingKey {
      case seed
      case runID = "run_id"
      case configurationDigest = "config_digest"
      case softwareVersion = "software_version"
    }
  }
}
