// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension SightingData {
  package struct Camera: Hashable, Sendable, Codable {
    package let id: String
    package let name: String

    package init(id: String, name: String) {
      self.id = id
      self.name = name
    }
  }

  /// What the times are worth.
  package struct Clock: Hashable, Sendable, Codable {
    package enum Kind: String, Codable, Sendable {
      /// Simulated time: a run gives the same bytes again.
      case virtual
      /// The machine's clock.
      case wall
    }

    package let kind: Kind
    /// The bound of the clock's error, in milliseconds.
    package let maximumErrorMilliseconds: Double

    package init(kind: Kind, maximumErrorMilliseconds: Double) {
      self.kind = kind
      self.maximumErrorMilliseconds = maximumErrorMilliseconds.rounded(places: 3)
    }

    private enum CodingKeys: String, CodingKey {
      case kind
      case maximumErrorMilliseconds = "max_error_ms"
    }
  }

  package struct Face: Hashable, Sendable, Codable {
    package let box: Box
    /// On the locator's own scale; greater is surer.
    package let detectionScore: Double

    package init(box: Box, detectionScore: Double) {
      self.box = box
      self.detectionScore = detectionScore.rounded(places: 6)
    }

    private enum CodingKeys: String, CodingKey {
      case box
      case detectionScore = "detection_score"
    }
  }

  package struct Quality: Hashable, Sendable, Codable {
    /// 0...1.
    package let score: Double
    /// The tier it falls into.
    package let tier: String
    package let method: String
    /// Captures below this are not searched.
    package let minimum: Double

    package init(score: Double, tier: String, method: String, minimum: Double) {
      self.score = score.rounded(places: 6)
      self.tier = tier
      self.method = method
      self.minimum = minimum.rounded(places: 6)
    }

    private enum CodingKeys: String, CodingKey {
      case score, tier, method
      case minimum = "min"
    }
  }

  /// Where the time went, in microseconds; waiting apart from work.
  package struct Timings: Hashable, Sendable, Codable {
    package var scheduledToDecode: Int?
    package var decode: Int?
    package var embed: Int?
    package var queueMatch: Int?
    package var match: Int?
    package var total: Int?

    package init() {}

    private enum CodingKeys: String, CodingKey {
      case decode, embed, match, total
      case scheduledToDecode = "scheduled_to_decode"
      case queueMatch = "queue_match"
    }
  }
}
