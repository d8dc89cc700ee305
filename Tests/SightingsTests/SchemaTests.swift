// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Sightings
import Testing

/// Checks events against the JSON Schema with Python's `jsonschema` (Debian: python3-jsonschema).
@Suite struct SchemaTests {
  private static let schema = Snapshots.folder.deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/Sightings/Schemas/sighting.v1.schema.json")

  /// Reads events line by line from standard input; prints how many are valid, and why others are not.
  private static let script = """
    import json, sys
    from jsonschema import Draft202012Validator as V
    schema = json.load(open(sys.argv[1]))
    V.check_schema(schema)
    bad = 0
    for line in sys.stdin:
        errors = [e.json_path + ": " + e.message for e in V(schema).iter_errors(json.loads(line))]
        bad += bool(errors)
        if errors: print(errors)
    print("invalid", bad)
    """

  private func validate(_ events: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", Self.script, Self.schema.path()]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data((events.joined(separator: "\n")).utf8))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(
      process.terminationStatus == 0,
      "python3 could not validate; is python3-jsonschema installed?")
    return text
  }

  private func golden(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: Snapshots.folder.appending(path: name)), as: UTF8.self)
      .trimmingCharacters(in: .newlines)
  }

  @Test func `the recorded events are valid`() throws {
    let names = ["opened", "updated", "closed", "recovered"]
    let events = try names.map { try golden("sighting.\($0).json") }
    #expect(try validate(events) == "invalid 0\n")
  }

  @Test func `events of the wall clock, without estimates, are valid`() throws {
    var timings = SightingData.Timings()
    timings.total = 12_000
    let events = SightingEventTests.example(.wall).map {
      $0.stamped(recordedAt: $0.time, timings: timings)
    }
    #expect(
      try validate(events.map { String(decoding: try $0.json(), as: UTF8.self) }) == "invalid 0\n")
  }

  @Test func `a wrong type, a missing field, a new word or a stray reason is invalid`() throws {
    let opened = try golden("sighting.opened.json")
    let closed = try golden("sighting.closed.json")
    let wrong = [
      opened.replacing("\"revision\":1", with: "\"revision\":\"1\""),
      opened.replacing("\"count\":", with: "\"counted\":"),
      opened.replacing("\"decision\":\"alert\"", with: "\"decision\":\"maybe\""),
      opened.replacing("\"simulated\":true", with: "\"simulated\":false"),
      opened.replacing("\"phase\":\"opened\"", with: "\"phase\":\"updated\""),
      opened.replacing(
        "\"phase\":\"opened\"", with: "\"phase\":\"opened\",\"close_reason\":\"shutdown\""),
      closed.replacing("\"close_reason\":\"track_lost\",", with: ""),
      opened.replacing("\"h\":", with: "\"depth\":1,\"h\":"),
    ]
    for text in wrong { #expect(text != opened && text != closed) }
    #expect(try validate(wrong).hasSuffix("invalid \(wrong.count)\n"))
  }
}
