// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames

/// The quality tiers of every simulated frame set.
package enum QualityTiers {
  /// Best first. Sizes are decoded pixels of the marker's side, margins the detector's own.
  package static let all = [
    FrameSetManifest.Tier(name: "near", minimumPixels: 36, minimumMargin: 30),
    FrameSetManifest.Tier(name: "mid", minimumPixels: 24, minimumMargin: 20),
    FrameSetManifest.Tier(name: "far", minimumPixels: 14, minimumMargin: 8),
  ]
}
