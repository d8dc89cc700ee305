// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Everything that decides what a simulated frame set holds: the same options, the same bytes.
///
/// Lists are per camera and repeat when there are more cameras than entries.
package struct SimulationOptions: Codable, Hashable, Sendable {
  package var cameras = 4
  package var seconds = 5.0
  package var framesPerSecond = 5.0
  package var size = FrameSize(width: 1280, height: 720)
  package var seed: UInt64 = 1

  /// Passes per camera; `nil` fills the time at hand.
  package var people: Int?
  /// Most people in view of a camera at a time.
  package var crowd = 2
  /// Makes the first two passes of the first camera cross each other.
  package var crossing = false
  /// Lets half of the passes on a camera be of somebody who has passed it before.
  package var revisits = false
  /// Probability that a pass is of an enrolled identity.
  package var mated = 0.75
  /// Size of the gallery they are enrolled in: enrolled identities are below it.
  package var enrolled: UInt64 = 100_000

  /// Standard deviation of the lens blur, pixels.
  package var blur = [0.0]
  /// Gain on the light; 1 is well exposed, 0.3 is dark.
  package var exposure = [1.0]
  /// Standard deviation of the sensor noise at mid-gray, gray levels.
  package var noise = [1.0]
  /// JPEG quality, 1 to 100.
  package var quality = [85]
  package var distance = [WalkingDistance.mixed]

  /// Captures never delivered: a gap in the sequence numbers.
  package var dropped = FaultCount.frames(0)
  /// Frames of which only the first 30 to 70 % of the bytes are delivered.
  package var truncated = FaultCount.frames(0)
  /// Frames replaced by bytes that are not a JPEG.
  package var garbage = FaultCount.frames(0)

  package init() {}

  /// Captures per camera, dropped ones included.
  package var framesPerCamera: Int { Int((seconds * framesPerSecond).rounded()) }

  package var totalFrames: Int { cameras * framesPerCamera }
}

extension SimulationOptions {
  /// Reads a comma-separated list such as `0,0,1.2`.
  ///
  /// - Throws: `SimulationError` naming `option`.
  package static func list<Value>(
    _ text: String, option: String, _ parse: (String) -> Value?
  ) throws(SimulationError) -> [Value] {
    var values = [Value]()
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = parse(String(part)) else {
        throw SimulationError(
          option, "'\(part)' is not understood; give one value, or one a camera with commas")
      }
      values.append(value)
    }
    return values
  }
}
