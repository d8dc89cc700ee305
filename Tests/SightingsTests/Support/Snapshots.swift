// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// Golden files beside the tests. `RECORD_SNAPSHOTS=1` writes them, and fails so that nobody records by
/// mistake.
enum Snapshots {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Snapshots")

  static func check(
    _ bytes: [UInt8], _ name: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: name)
    let text = String(decoding: bytes, as: UTF8.self) + "\n"
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(name)", sourceLocation: location)
      return
    }
    let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == golden, sourceLocation: location)
  }
}
