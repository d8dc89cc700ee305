// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames
internal import Population

/// Which frame of a set a feed shows: its camera's frames over and over, from a place of its own.
package struct FrameCursor: Sendable {
  /// Indices in the manifest, by camera.
  private let frames: [[Int]]
  private let starts: [Int]

  /// Feed *f* shows camera *f* modulo their number; where it begins follows from `seed`. Cameras without
  /// frames are passed over.
  package init(_ manifest: FrameSetManifest, feeds: Int, seed: UInt64) {
    var byCamera = [String: [Int]]()
    for (index, frame) in manifest.frames.enumerated() {
      byCamera[frame.camera, default: []].append(index)
    }
    let frames = manifest.cameras.compactMap { byCamera[$0.id] }
    precondition(!frames.isEmpty, "a frame set holds frames")
    self.frames = frames
    var draws = SplitMix64(seed: SplitMix64.mixed(seed ^ 0x6672_616d_6573_0001))
    starts = (0..<feeds).map { Int(draws.next() % UInt64(frames[$0 % frames.count].count)) }
  }

  /// Index in the manifest of the `sequence`-th frame of a feed.
  package func frame(feed: Int, sequence: Int) -> Int {
    let own = frames[feed % frames.count]
    return own[(starts[feed] + sequence) % own.count]
  }
}
