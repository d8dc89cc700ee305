// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Frames
import Sweeps
import SystemPackage
import Testing

/// Checks results against the JSON Schema with Python's `jsonschema` (Debian: python3-jsonschema).
@Suite("The schema of sweeps")
struct SweepSchemaTests {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let sample = tests.appending(path: "Samples/frame-sweep-result.json")
  private static let schema = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/Sweeps/Schemas/frame-sweep.v1.schema.json")

  private func verdict(_ result: String) throws -> String {
    let folder = try TemporaryFolder()
    let file = folder.path.appending("r.json").string
    try Data(result.utf8).write(to: URL(filePath: file))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      "-c",
      """
      import json, sys
      from jsonschema import Draft202012Validator as V
      schema = json.load(open(sys.argv[1]))
      V.check_schema(schema)
      errors = [e.json_path + ": " + e.message[:200] for e in V(schema).iter_errors(json.load(open(sys.argv[2])))]
      print(errors or "valid")
      """, Self.schema.path, file,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }

  @Test("The recorded result and a fresh one are valid, and read back as they are")
  func valid() async throws {
    let text = try String(contentsOf: Self.sample, encoding: .utf8)
    #expect(try verdict(text) == "valid\n")
    #expect(try FrameSweepResult.read(FilePath(Self.sample.path)).encoded() + "\n" == text)
    #expect(FrameSweepResult.isSweep(FilePath(Self.sample.path)))
    let folder = try TemporaryFolder()
    let fresh = try await SmallSweep.execute(SmallSweep.plan(scales: [.half]), in: folder.path)
    #expect(try verdict(try fresh.encoded()) == "valid\n")
  }

  @Test(
    "A missing field, a stray one, a rate above 1 or a real face is invalid, a later format is refused"
  )
  func invalid() throws {
    let text = try String(contentsOf: Self.sample, encoding: .utf8)
    let wrong = [
      text.replacing("\"not_located\"", with: "\"unlocated\""),
      text.replacing("\"simulated\" : true", with: "\"simulated\" : false"),
      text.replacing("\"rate\" : 1", with: "\"rate\" : 1.5"),
      text.replacing("\"scale\" : \"1/1\"", with: "\"scale\" : \"1/3\""),
      text.replacing("\"quality\" : 85", with: "\"folder\" : \"x\""),
    ]
    for text in wrong { #expect(try verdict(text).hasPrefix("[")) }
    #expect(Set(wrong).count == wrong.count && !wrong.contains(text))
    let folder = try TemporaryFolder()
    let file = folder.path.appending("r.json")
    for (text, words) in [
      (text.replacing("\"format_version\" : 1", with: "\"format_version\" : 2"), "use a newer one"),
      (text.replacing("\"kind\" : \"frame-sweep\"", with: "\"kind\" : \"x\""), "no result of"),
      (text.replacing("\"not_located\"", with: "\"unlocated\""), "damaged"),
    ] {
      try Data(text.utf8).write(to: URL(filePath: file.string))
      let error = #expect(throws: SweepError.self) { try FrameSweepResult.read(file) }
      #expect(error?.message.contains(words) == true)
    }
  }
}
