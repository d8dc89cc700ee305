// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Evaluation
import Foundation
import Testing

/// Checks claim files and verdicts against their JSON Schemas with Python's `jsonschema`.
@Suite("Schemas of claims")
struct ClaimSchemaTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Reads one object a line from standard input; prints how many are not valid, and why.
  private static let script = """
    import json, sys
    from jsonschema import Draft202012Validator as V
    schema = json.load(open(sys.argv[1]))
    V.check_schema(schema)
    bad = 0
    for line in sys.stdin:
        errors = [e.json_path + ": " + e.message[:200] for e in V(schema).iter_errors(json.loads(line))]
        bad += bool(errors)
        if errors: print(errors)
    print("invalid", bad)
    """

  private func validate(_ objects: [String], _ schema: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      "-c", Self.script,
      Self.root.appending(path: "Sources/Evaluation/Schemas/\(schema).v1.schema.json").path,
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(objects.joined(separator: "\n").utf8))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "is python3-jsonschema installed?")
    return text
  }

  private func json(_ verdict: ClaimVerdict) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(verdict), as: UTF8.self)
  }

  @Test("Verdicts on all examples are valid, with and without speeds, and come back from JSON")
  func verdicts() throws {
    let speed = ClaimSpeed(
      source: "by hand", machine: ClaimSpeedTests.machine,
      engines: [
        ClaimSpeed.Engine(
          name: "sketch", bytesPerTemplate: 16, measuredSize: 1_000, threads: 2,
          secondsAlone: 5e-10, batch: 64, secondsInBatch: 1e-10, mateRecall: 0.99)
      ])
    var objects: [String] = []
    for name in ["seed-article", "npl-2023", "met-police-2025", "aadhaar-2012"] {
      let verdict = try ClaimVerdict(
        example(name), speed: speed,
        measurements: [
          ClaimMeasurement(
            gallerySize: 10_000, line: "C", condition: "kiosk", reading: .tpir(fpir: 1 / 6000),
            found: Proportion(880, of: 1_000))
        ])
      let data = try JSONEncoder().encode(verdict)
      #expect(try JSONDecoder().decode(ClaimVerdict.self, from: data) == verdict)
      objects.append(try json(verdict))
    }
    #expect(try validate(objects, "claim-verdict") == "invalid 0\n")
  }

  @Test("A verdict with another word, a missing part or a wrong type is not valid")
  func wrongVerdicts() throws {
    var claim = Claim()
    claim.gallerySize = 1_000
    claim.accuracy = 0.9
    claim.lines = ["C"]
    claim.conditions = ["enrolment"]
    claim.fpirs = [0.01]
    let good = try json(ClaimVerdict(claim))
    let wrong = [
      good.replacing("\"PASS\"", with: "\"MAYBE\""), good.replacing("\"tally\"", with: "\"total\""),
      good.replacing("\"simulated\":true", with: "\"simulated\":false"),
      good.replacing("\"gumbel\"", with: "\"guess\""),
      good.replacing("\"rank-1\"", with: "\"first\""),
    ]
    for text in wrong { #expect(text != good) }
    #expect(try validate([good], "claim-verdict") == "invalid 0\n")
    #expect(try validate(wrong, "claim-verdict").hasSuffix("invalid \(wrong.count)\n"))
  }

  @Test("Claims as files have them are valid, and those the program refuses by shape are not")
  func claims() throws {
    let good = [
      #"{"version": 1, "gallery-size": "1.3 billion", "seconds": "3 s", "accuracy": "90 %"}"#,
      #"{"version": 1, "gallery-size": 1e6, "accuracy": 0.9, "reading": "tpir@1/6000", "line": "C"}"#,
      """
      {"version": 1, "gallery-size": "10,000", "cameras": ["200 million", 5], "fpir": [0.1, "1 %"], \
      "faces-per-camera-day": "10k", "mated-share": "1/100", "condition": ["aged:12", "kiosk"]}
      """,
      #"{"version": 1, "observed": {"faces": "3,147,436", "alerts": 2077, "false-alerts": 10}}"#,
    ]
    let bad = [
      #"{"gallery-size": 5}"#, #"{"version": 2, "gallery-size": 5}"#, #"{"version": 1}"#,
      #"{"version": 1, "galery-size": 5}"#, #"{"version": 1, "gallery-size": "lots"}"#,
      #"{"version": 1, "gallery-size": 5, "accuracy": 90}"#,
      #"{"version": 1, "observed": {}, "accuracy": 0.9}"#,
      #"{"version": 1, "gallery-size": 5, "cameras": 3}"#,
      #"{"version": 1, "gallery-size": 5, "line": "F"}"#,
      #"{"version": 1, "observed": {"alrets": 1}}"#,
    ]
    #expect(try validate(good, "claim") == "invalid 0\n")
    #expect(try validate(bad, "claim").hasSuffix("invalid \(bad.count)\n"))
  }

  @Test("The schema of claims knows the keys that the program knows")
  func keys() throws {
    let data = try Data(
      contentsOf: Self.root.appending(path: "Sources/Evaluation/Schemas/claim.v1.schema.json"))
    let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(Set(properties.keys) == Set(Claim.keys))
  }
}
