// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Frames

/// What the workers of one camera bring back, in no particular order.
struct CameraFilm: Sendable {
  var frames = [FrameSetManifest.Frame]()
  var sighted = [FrameMaker.Sighted]()

  mutating func join(_ other: CameraFilm) {
    frames += other.frames
    sighted += other.sighted
  }

  /// A pass's captures in order of time.
  func visible(pass: Int) -> [FrameSetTruth.Visible] {
    sighted.filter { $0.pass == pass }.map(\.visible).sorted { $0.seq < $1.seq }
  }
}
