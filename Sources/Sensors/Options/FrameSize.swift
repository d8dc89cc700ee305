// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Width and height of a picture in pixels.
package struct FrameSize: Codable, Hashable, Sendable, CustomStringConvertible {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `1280x720`.
  ///
  /// - Throws: `SimulationError` naming `option`.
  package init(_ text: String, option: String = "--size") throws(SimulationError) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]) else {
      throw SimulationError(option, "'\(text)' is not a size; write WIDTHxHEIGHT, like 1280x720")
    }
    self.init(width: width, height: height)
  }

  package var description: String { "\(width)x\(height)" }
}
