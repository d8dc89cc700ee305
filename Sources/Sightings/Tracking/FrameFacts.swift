// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Files

/// What is known of a frame without its pixels; the `frame` of an event.
package struct FrameFacts: Hashable, Sendable, Codable {
  /// The camera's own count of frames.
  package let sequence: Int
  package let capturedAt: Timestamp
  /// In pixels, at full resolution.
  package let width: Int
  package let height: Int
  /// The size of the encoded frame.
  package let bytes: Int
  /// Of the encoded frame.
  package let sha256: SHA256Digest

  package init(
    sequence: Int, capturedAtMicroseconds: Int64, width: Int, height: Int, bytes: Int,
    sha256: SHA256Digest
  ) {
    self.sequence = sequence
    self.capturedAt = Timestamp(microseconds: capturedAtMicroseconds)
    self.width = width
    self.height = height
    self.bytes = bytes
    self.sha256 = sha256
  }

  private enum CodingKeys: String, CodingKey {
    case sequence = "seq"
    case capturedAt = "captured_at"
    case width, height, bytes, sha256
  }
}
