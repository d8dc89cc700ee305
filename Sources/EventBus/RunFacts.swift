// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files
internal import FoundationEssentials

/// What a run writes beside its events, so that scoring finds it and knows what it was.
package struct RunFacts: Codable, Hashable, Sendable {
  package var gallerySize: Int
  package var threshold: Double
  /// Of one non-mated search, by the population model.
  package var searchFPIR: Double
  /// Of all settings of the command that ran; `nil` where there were none.
  package var settingsDigest: String?

  private enum CodingKeys: String, CodingKey {
    case gallerySize = "gallery_size"
    case threshold
    case searchFPIR = "search_fpir"
    case settingsDigest = "settings_digest"
  }

  package init(
    gallerySize: Int, threshold: Double, searchFPIR: Double, settingsDigest: String? = nil
  ) {
    self.gallerySize = gallerySize
    self.threshold = threshold
    self.searchFPIR = searchFPIR
    self.settingsDigest = settingsDigest
  }

  package init?(json: String) {
    guard let facts = try? JSONDecoder().decode(RunFacts.self, from: Data(json.utf8)),
      facts.gallerySize >= 0
    else { return nil }
    self = facts
  }

  package func json() throws -> String {
    String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
  }
}

/// The name a run goes by on a bus: the same frames and configuration, the same key.
package enum RunKey {
  package static func key(frames: SHA256Digest, configuration: SHA256Digest) -> String {
    prefix(frames) + configuration.hex
  }

  /// What the keys of all runs of a frame set begin with.
  package static func prefix(_ frames: SHA256Digest) -> String { "frames:\(frames)/config:" }
}
