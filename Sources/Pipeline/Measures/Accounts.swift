// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The conservation of frames: every frame that came in has left by exactly one door.
package struct FrameAccount: Hashable, Sendable {
  /// Frames the cameras delivered.
  package var entered = 0
  /// Frames decoded and carried to the end, damaged ones included.
  package var decoded = 0
  /// Frames that could not be read or decoded.
  package var failed = 0
  /// Frames that were given up undecoded; why is in `FrameBook.drops`.
  package var dropped = 0
  /// Decoded frames with a warning-level corruption; part of `decoded`.
  package var damaged = 0
  /// Gaps in the cameras' sequence numbers: frames lost before they came in.
  package var missing = 0

  package init() {}

  /// Frames that came in and have not left yet; 0 at the end of every run.
  package var inFlight: Int { entered - decoded - failed - dropped }

  package mutating func add(_ other: FrameAccount) {
    entered += other.entered
    decoded += other.decoded
    failed += other.failed
    dropped += other.dropped
    damaged += other.damaged
    missing += other.missing
  }
}

/// What became of faces.
package struct FaceAccount: Hashable, Sendable {
  package var located = 0
  package var embedded = 0
  /// Failures to extract: below the quality floor.
  package var belowQualityFloor = 0
  /// Markers that belong to no appearance of the camera.
  package var unknownMarker = 0

  package init() {}

  package var rejected: Int { belowQualityFloor + unknownMarker }
}
