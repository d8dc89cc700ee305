// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What every event of one camera in one run says alike.
package struct SightingContext: Hashable, Sendable {
  /// Names the installation in `source`; letters, digits, `-` and `_`.
  package let deployment: String
  package let camera: SightingData.Camera
  package let clock: SightingData.Clock
  /// How quality is measured, and the least that is searched.
  package let qualityMethod: String
  package let qualityMinimum: Double
  package let gallery: SightingData.Search.Gallery
  package let metric: String
  package let exact: Bool
  /// Candidates a search returns at most.
  package let k: Int
  package let thresholdBasis: SightingData.ThresholdBasis
  package let model: SightingData.Model
  package let provenance: SightingData.Provenance

  package init(
    deployment: String, camera: SightingData.Camera, clock: SightingData.Clock,
    qualityMethod: String, qualityMinimum: Double, gallery: SightingData.Search.Gallery,
    metric: String, exact: Bool, k: Int, thresholdBasis: SightingData.ThresholdBasis,
    model: SightingData.Model,
    provenance: SightingData.Provenance
  ) {
    self.deployment = deployment
    self.camera = camera
    self.clock = clock
    self.qualityMethod = qualityMethod
    self.qualityMinimum = qualityMinimum
    self.gallery = gallery
    self.metric = metric
    self.exact = exact
    self.k = k
    self.thresholdBasis = thresholdBasis
    self.model = model
    self.provenance = provenance
  }
}
