// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames

/// The quality tiers of every simulated frame set.
///
/// Margins are in gray levels and follow the light: measured, a marker of any size gives about 180 well
/// exposed and 53 at a gain of 0.3; lens blur of 1.2 pixels lowers that to 90 at 14 pixels and not at
/// all from 36 on; dark, blurred, noisy and of JPEG quality 30 together leave 23 to 50. So darkness
/// costs a near face one tier, and the worst of the small ones are still embedded.
package enum QualityTiers {
  /// Best first. Sizes are decoded pixels of the marker's side, margins the detector's own.
  package static let all = [
    FrameSetManifest.Tier(name: "near", minimumPixels: 36, minimumMargin: 60),
    FrameSetManifest.Tier(name: "mid", minimumPixels: 24, minimumMargin: 40),
    FrameSetManifest.Tier(name: "far", minimumPixels: 14, minimumMargin: 15),
  ]
}
