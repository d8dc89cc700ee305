// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Contract
import Foundation
import Sightings
import Testing

@Suite struct SchemaTests {
  private func faults(_ text: String, _ schema: PublishedSchema = .sighting) throws -> [String] {
    try Schema(JSONValue(json: schema.bytes)).faults(in: JSONValue(json: Array(text.utf8)))
      .map(\.description)
  }

  @Test func `faults are told by field`() throws {
    let opened = try #require(try Fixtures.lines("sighting-1.1.jsonl").first)
    for (old, new, fault) in [
      ("\"revision\":1", "\"revision\":\"1\"", "data.revision: is a string, must be an integer"),
      ("\"revision\":1", "\"revision\":1.5", "data.revision: is a number, must be an integer"),
      ("\"revision\":1", "\"revision\":0", "data.revision: is 0.0, must be 1.0 or more"),
      ("\"count\":", "\"counted\":", "data.count: is missing"),
      (
        "\"decision\":\"alert\"", "\"decision\":\"maybe\"",
        "data.decision: is \"maybe\", must be one of \"alert\", \"no_match\", \"low_quality\""
      ),
      ("\"simulated\":true", "\"simulated\":false", "simulated: is false, must be true"),
      ("\"h\":", "\"depth\":1,\"h\":", "data.face.box.depth: must not be there"),
      (
        "\"phase\":\"opened\"", "\"phase\":\"opened\",\"close_reason\":\"shutdown\"",
        "data: must not have close_reason"
      ),
      (
        "\"phase\":\"opened\"", "\"phase\":\"updated\"",
        "data.phase: is \"updated\", must be \"opened\""
      ),
      (
        "syn-0000012345", "Jo",
        "data.candidates[0].subject_id: is \"Jo\", must match ^syn-[0-9]{10,20}$"
      ),
    ] {
      let text = opened.replacing(old, with: new)
      #expect(text != opened)
      let found = try faults(text)
      #expect(found.contains(fault), "\(found)")
    }
    #expect(try faults(opened) == [])
  }

  @Test(arguments: [
    #"{"oneOf": []}"#, #"{"type": ["string", "null"]}"#, #"{"format": "email"}"#,
    #"{"properties": {"a": {"maxLength": 3}}}"#, #"{"then": {}}"#, "3", #"{"pattern": "("}"#,
  ])
  func `a schema that says what is not known here is refused, never passed over`(text: String) {
    #expect(throws: ContractError.self) { try Schema(JSONValue(json: Array(text.utf8))) }
  }

  /// Reads the types of many events, each with one thing changed, by Python's `jsonschema`.
  private static let script = """
    import json, sys
    from jsonschema import Draft202012Validator as V
    validator = V(json.load(open(sys.argv[1])))
    print("".join("01"[validator.is_valid(json.loads(line))] for line in sys.stdin))
    """

  @Test(arguments: PublishedSchema.allCases)
  func `our validator and Python's jsonschema agree on every change to an event`(
    published: PublishedSchema
  ) throws {
    let json = try JSONValue(json: published.bytes)
    let schema = try Schema(json)
    let lines = ExampleEvents.lines.filter { line in published.types.contains { line.contains($0) }
    }
    var changed: [JSONValue] = []
    for line in lines { changed += Changes.all(of: try JSONValue(json: Array(line.utf8))) }
    #expect(changed.count > 300)
    let ours = changed.map { schema.faults(in: $0).isEmpty ? "1" : "0" }.joined()

    let folder = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(published.bytes).write(to: folder.appending(path: "schema.json"))
    let text = changed.map { $0.text.replacing("\n", with: "") }.joined(separator: "\n")
    try Data(text.utf8).write(to: folder.appending(path: "events"))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", Self.script, folder.appending(path: "schema.json").path()]
    process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "events"))
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let theirs = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "is python3-jsonschema installed?")
    let verdicts = Array(theirs.trimmingCharacters(in: .whitespacesAndNewlines))
    #expect(verdicts.count == changed.count && Array(ours) == verdicts)
    #expect(ours.contains("1") && ours.contains("0"))
  }
}
