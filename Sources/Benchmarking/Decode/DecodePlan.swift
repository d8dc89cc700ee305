// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Frames

/// What `bench decode` measures.
package struct DecodePlan: Sendable {
  package var frameSet: FrameSet
  package var formats = PixelFormat.allCases
  package var scales = DecodeScale.allCases
  /// Threads, with a decoder each.
  package var threads = 1
  package var rounds = 5
  /// Least time of a case in a round.
  package var seconds = 0.25

  package init(_ frameSet: FrameSet) { self.frameSet = frameSet }

  /// Bytes of frames that are held at most; the first ones that fit are decoded.
  package static let heldBytes = 512 << 20
}

/// What `bench decode` measured.
package struct DecodeResult: Encodable, Sendable {
  /// A pixel format at a scale.
  package struct Case: Encodable, Sendable {
    package let format: String
    package let scale: String
    /// Frames decoded in all rounds, those to warm up included.
    package let decoded: Int
    /// Frames a second of all threads, by round.
    package let framesPerSecond: [Double]
    /// CPU time of all threads for a frame, by round.
    package let cpuMSPerFrame: [Double]
  }

  package let frames: Int
  package let meanBytes: Double
  /// Pixels of a frame at full size.
  package let meanPixels: Double
  package let threads: Int
  package let cases: [Case]
  /// How often a decoder took memory for pixels, all cases and rounds together.
  package let allocations: Int
  package let loadBefore: Double
  package let loadAfter: Double
  package let interrupted: Bool
}

extension DecodeResult.Case {
  package var medianRate: Double { framesPerSecond.median ?? 0 }
  package var medianCPU: Double { cpuMSPerFrame.median ?? 0 }
}
