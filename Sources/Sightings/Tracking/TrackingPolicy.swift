// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// How boxes of successive frames are joined into tracks.
///
/// The defaults suit markers of 20 to 60 pixels on people who move up to one marker's width between
/// frames at 4 to 5 frames a second.
package struct TrackingPolicy: Hashable, Sendable {
  /// How long, in capture time, a track may go unseen before it is lost.
  package var trackGap: Duration = .seconds(2)
  /// Boxes are compared when both are enlarged by this factor: markers are small beside their steps.
  package var enlargement = 3.0
  /// By how much the factor grows for each second unseen past `nominalInterval`.
  package var enlargementPerSecond = 1.5
  /// The factor's upper bound, so that a long gap does not reach across the frame.
  package var maximumEnlargement = 5.0
  /// The usual time between frames.
  package var nominalInterval: Duration = .milliseconds(250)
  /// The least overlap of enlarged boxes that may join them.
  package var minimumOverlap = 0.1
  /// The least ratio of the smaller side to the greater one that may join two boxes.
  package var minimumSizeRatio = 0.6
  /// The least cosine between embeddings that may join two faces. In the population model captures of
  /// one person at different qualities lie near .35 with a deviation of .06, those of two people near
  /// .02 with .09.
  package var minimumLikeness = 0.2
  /// The weight of the newest displacement in the velocity, 0...1.
  package var velocityWeight = 0.6

  package init() {}
}
