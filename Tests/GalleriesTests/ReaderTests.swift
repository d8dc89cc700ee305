// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Galleries
import Population
import SystemPackage
import Testing

@Suite("The documented formats")
struct ReaderTests {
  @Test("The reader in the documentation reads a gallery, and finds damage")
  func python() async throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/Galleries/Documentation.docc/GalleryFolder.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```python\n")
    let code = try #require(parts.last?.components(separatedBy: "```").first)
    let scratch = try Scratch()
    try Data(code.utf8).write(to: URL(fileURLWithPath: scratch["reader.py"].string))
    try await makeGallery(scratch["g"], size: 700)
    let read = try Binary.run("python3 reader.py g", in: scratch.path)
    #expect(read.status == 0, "\(read.errors)")
    let rows = Population(seed: 1).rows(0..<700)
    let lines = read.output.split(separator: "\n")
    #expect(lines.count == 700)
    for (i, line) in lines.enumerated() {
      #expect(
        line.split(separator: " ").map { Float($0) } == rows[i * 512..<i * 512 + 4].map { $0 })
    }
    try damage(scratch["g"].appending("templates.fbin")) { $0[600 * 2048] ^= 1 }
    #expect(try Binary.run("python3 reader.py g", in: scratch.path).status != 0)
  }
}
