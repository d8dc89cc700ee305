// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

extension SightingData {
  /// What was searched, and how.
  package struct Search: Hashable, Sendable, Codable {
    package struct Gallery: Hashable, Sendable, Codable {
      package let id: String
      package let version: String
      /// Templates.
      package let size: Int
      package let digest: String

      package init(id: String, version: String, size: Int, digest: String) {
        self.id = id
        self.version = version
        self.size = size
        self.digest = digest
      }
    }

    package let gallery: Gallery
    /// What a score is, such as `cosine`; never a percentage.
    package let metric: String
    /// Whether each search sees every template at full precision.
    package let exact: Bool
    /// Candidates a search returns at most.
    package let k: Int
    package let threshold: Double

    package init(gallery: Gallery, metric: String, exact: Bool, k: Int, threshold: Double) {
      self.gallery = gallery
      self.metric = metric
      self.exact = exact
      self.k = k
      self.threshold = threshold.rounded(places: 6)
    }
  }

  /// Why the threshold is what it is.
  package struct ThresholdBasis: Hashable, Sendable, Codable {
    /// Such as `given`, `model` or `calibrated`.
    package let method: String
    /// The false-positive identification rate it was chosen for, 0...1.
    package let targetFPIR: Double?
    /// What the population model expects of *one* non-mated search at this threshold and gallery size,
    /// 0...1. A decision takes several captures of a track, so a track's rate differs.
    package let searchFPIR: Double?
    /// The gallery it was calibrated for; absent when the threshold was given by hand.
    package let calibrationGallerySize: Int?
    package let calibrationDigest: String?

    package init(
      method: String, targetFPIR: Double? = nil, searchFPIR: Double? = nil,
      calibrationGallerySize: Int? = nil, calibrationDigest: String? = nil
    ) {
      self.method = method
      // Not rounded: rates may be far below 1e-6.
      self.targetFPIR = targetFPIR
      self.searchFPIR = searchFPIR
      self.calibrationGallerySize = calibrationGallerySize
      self.calibrationDigest = calibrationDigest
    }

    private enum CodingKeys: String, CodingKey {
      case method
      case targetFPIR = "target_fpir"
      case searchFPIR = "search_fpir"
      case calibrationGallerySize = "calibration_gallery_size"
      case calibrationDigest = "calibration_digest"
    }
  }

  package struct RankedCandidate: Hashable, Sendable, Codable {
    /// From 1.
    package let rank: Int
    /// A pseudonym; see `SubjectName`.
    package let subjectID: String
    /// Fused over the best captures, in the metric of the search.
    package let score: Double
    package let isAboveThreshold: Bool

    package init(rank: Int, subjectID: String, score: Double, isAboveThreshold: Bool) {
      self.rank = rank
      self.subjectID = subjectID
      self.score = score.rounded(places: 6)
      self.isAboveThreshold = isAboveThreshold
    }

    private enum CodingKeys: String, CodingKey {
      case rank, score
      case subjectID = "subject_id"
      case isAboveThreshold = "above_threshold"
    }
  }
}
