// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Matching

/// One face of one frame, as the stages before left it. It carries no marker id: the tracker must not
/// see what a camera would not see.
package struct FaceObservation: Hashable, Sendable {
  /// Where it is, in pixels of the full-resolution frame.
  package let box: Box
  /// The marker's side in pixels.
  package let markerPixels: Double
  /// What the locator makes of it; greater is surer, the scale is the locator's own.
  package let detectionScore: Double
  /// From 0, useless, to 1.
  package let quality: Double
  /// The name of the quality tier that `quality` falls into.
  package let tier: String
  /// Whether it was good enough to be embedded and searched.
  package let isEmbedded: Bool
  /// The search's list, best first; empty when the face was not embedded.
  package let candidates: [Candidate]
  /// For telling apart people who are close to each other; empty when the face was not embedded. It
  /// stays in the tracker and goes into no event.
  package let embedding: [Float]

  package init(
    box: Box, markerPixels: Double, detectionScore: Double, quality: Double, tier: String,
    isEmbedded: Bool, candidates: [Candidate], embedding: [Float] = []
  ) {
    self.box = box
    self.markerPixels = markerPixels
    self.detectionScore = detectionScore
    self.quality = quality
    self.tier = tier
    self.isEmbedded = isEmbedded
    self.candidates = candidates
    self.embedding = embedding
  }
}
