// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

/// Text that people read, compared with a file beside the tests.
///
/// `RECORD_SNAPSHOTS=1` writes the files anew, and fails, so that a recording run cannot pass for a
/// test.
func expectSnapshot(
  _ text: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")
  let file = folder.appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    Issue.record(
      "recorded \(name); run again without RECORD_SNAPSHOTS", sourceLocation: sourceLocation)
    return
  }
  let expected = try? String(contentsOf: file, encoding: .utf8)
  #expect(text == expected, "differs from Snapshots/\(name)", sourceLocation: sourceLocation)
}

@Suite("Help")
struct HelpTests {
  @Test(
    "Help texts are as recorded",
    arguments: [
      "", "simulate", "run", "score", "bus", "bus tail", "bus stats", "bus verify", "bus replay",
      "bus bridge", "bus forward", "bus consumer", "bus retain", "schema", "schema show",
      "schema validate", "schema examples", "schema asyncapi", "doctor", "bench", "bench match",
      "bench bus", "bench pipeline", "bench stages", "bench decode",
      "accuracy", "accuracy measure", "accuracy export", "sweep", "compare", "claim", "report",
      "sightings", "sightings generate", "config", "config check", "config show", "config schema",
    ])
  func help(command: String) throws {
    let result = try Binary.shell("$SIGHTLINE \(command) --help")
    #expect(result.status == 0)
    #expect(result.errors == "")
    let name = command.isEmpty ? "sightline" : command.replacingOccurrences(of: " ", with: "-")
    try expectSnapshot(result.output, named: "help-\(name).txt")
  }

  @Test(
    "Wrong usage exits with 2 and says what is right, on standard error",
    arguments: [
      ("run", "Missing expected argument"),
      ("run x --threshold 2", "give a number from -1 to 1"),
      ("run x --fpir 0.1 --threshold 0.5", "give one of them"),
      ("run x --gallery-size lots", "--gallery-size"),
      ("run x --bus kafka://here", "sqlite:"),
      ("run x --bus 'nats://h/S?colour=red'", "known are ca"),
      ("run x --bus nats://h --outbox nats://h", "only sqlite:PATH"),
      ("bus tail --bus nats://h", "only sqlite:PATH"),
      ("bus bridge --from nats://h --to nats://i", "sqlite:PATH"),
      ("bus bridge --from nats://h --to x.db --consumer a.b", "letters, digits"),
      ("bus forward --to nats://h --retry-parked --follow", "leave --follow out"),
      ("bus forward --to sqlite:x", "nats://HOST/STREAM"),
      ("run x --scale 1/3", "--scale"),
      ("accuracy --gallery x --gallery-size 1k", "give one of them"),
      ("accuracy --line F", "--line"),
      ("accuracy --line a0 --shape gaussian", "no gaussian fit"),
      ("accuracy --fpir 1.5", "--fpir"),
      ("accuracy --matcher quick", "--matcher"),
      ("accuracy --batch 0", "from 1 to 1024"),
      ("accuracy --recall 0.9 --rerank 100", "give one of them"),
      ("accuracy --recall 0.9 --matcher exact", "add --matcher sketch"),
      ("accuracy --kin 100", "add --nation"),
      ("accuracy --nation 1k", "larger --nation"),
      ("simulate --out x --distance 5px", "--distance"),
      ("compare a b --limit 'accuracy > 0.9'", "no limit"),
      ("bus replay --pace fast", "original, instant"),
      ("bus replay --from noon", "2026-03-01T09:00:00Z"),
      ("bus replay --json", "--to"),
      ("bus bridge --from sqlite:a --to sqlite:a", "the same bus"),
      ("bus consumer x", "--at or --drop"),
      ("bus retain --max-bytes lots", "--max-bytes"),
      ("bus retain --compact", "--now"),
      ("schema show sightings", "sighting"),
      ("bench bus --batch 0", "from 1 to 100000"),
      ("nonsense", "nonsense"),
    ])
  func usage(arguments: String, words: String) throws {
    let result = try Binary.shell("$SIGHTLINE \(arguments)")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
