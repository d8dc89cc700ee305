// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// What is wrong with one frame.
package struct FrameError: Error, Hashable, CustomStringConvertible {
  /// The kind of trouble. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// The bytes are not a JPEG that TurboJPEG can decode.
    package static let corrupt = Code(name: "corrupt")
    /// The header asks for more pixels than the limit allows; nothing was allocated.
    package static let tooLarge = Code(name: "too-large")
    /// The frame's file cannot be read.
    package static let unreadable = Code(name: "unreadable")
    /// The bytes are not the ones the manifest lists.
    package static let digestMismatch = Code(name: "digest-mismatch")
    /// The encoder refused the pixels.
    package static let notEncoded = Code(name: "not-encoded")
  }

  package let code: Code
  /// The frame's name, such as `cam-02/000013`.
  package let frame: String
  package let message: String

  package init(_ code: Code, frame: String, _ message: String) {
    self.code = code
    self.frame = frame
    self.message = message
  }

  package var description: String { "frame \(frame): \(message)" }
}
