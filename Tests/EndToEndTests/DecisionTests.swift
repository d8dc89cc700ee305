// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Testing

@Suite("Settings of the decision")
struct DecisionTests {
  /// As somebody may write down what is so anyway.
  private static let standard = [
    "track-gap": "2 s", "captures": "3", "least-captures": "2", "update-every": "1000 ms",
    "cool-down": "10",
  ]
  private static let other = [
    "track-gap": "400 ms", "captures": "5", "least-captures": "1", "update-every": "0",
    "cool-down": "1 minute",
  ]

  private func scenario(_ settings: [String: String], _ scratch: Scratch) throws -> String {
    let path = scratch.path("\(UUID().uuidString).yaml")
    let lines = settings.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)\n" }
    let text = "version: 1\nrun:\n  gallery-size: 100k\n" + lines.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private struct Told {
    let summary: [String: Any]
    let bus: BusEvents
    var digest: String? { summary["config_digest"] as? String }
  }

  private func run(_ options: String, _ bus: String) throws -> Told {
    let result = try Binary.shell(
      "$SIGHTLINE run '\(Binary.samples)' \(options) --bus sqlite:\(bus) --json")
    #expect(result.status == 0, "\(result.errors)")
    return Told(summary: try object(result.output), bus: try BusEvents("sqlite:\(bus)"))
  }

  @Test("What is so anyway may be written down: the same digests, the same bytes")
  func standard() throws {
    let scratch = try Scratch()
    let plain = try run("--config \(try scenario([:], scratch))", scratch.path("a.db"))
    let written = try run(
      "--config \(try scenario(Self.standard, scratch))", scratch.path("b.db"))
    #expect(plain.bus.lines.count >= 20 && plain.bus.lines == written.bus.lines)
    #expect(plain.digest != nil && plain.digest == written.digest)
    let digests = try [[:], Self.standard].map { settings in
      let file = try scenario(settings, scratch)
      return try object(try Binary.run("config", "show", "run", file, "--json").output)["digest"]
        as? String
    }
    #expect(digests[0] != nil && digests[0] == digests[1])
  }

  @Test("A file's settings decide, as the same options do, and are another run")
  func deciding() throws {
    let scratch = try Scratch()
    let bus = scratch.path("a.db")
    let plain = try run("--config \(try scenario([:], scratch))", bus)
    let told = try run("--config \(try scenario(Self.other, scratch))", bus)
    // On the same bus: the first run's events, then all of its own.
    #expect(told.bus.lines.starts(with: plain.bus.lines))
    #expect(told.summary["resumed"] as? Bool == false)
    let own = told.bus.events.dropFirst(plain.bus.events.count).map { told.bus.data($0) }
    #expect(!own.isEmpty)
    #expect(own.allSatisfy { $0["rule"] as? String == "mean_best_5_by_quality_min_1" })
    // One search is enough to be told of, and no event of the plain run has fewer than two.
    #expect(own.contains { $0.number("count") == 1 })
    let options =
      "--gallery-size 100k --track-gap 400ms --captures 5 --least-captures 1 --update-every 0 "
      + "--cool-down 1m"
    let same = try run(options, scratch.path("b.db"))
    #expect(same.digest == told.digest && same.digest != plain.digest)
    #expect(same.bus.lines.count >= 20)
    func bare(_ lines: some Sequence<String>) -> [String] {
      // Sequence numbers go on over the runs of a bus.
      lines.map { $0.replacing(/"sequence":"[0-9]+"/, with: "") }
    }
    let fresh = try run("--config \(try scenario(Self.other, scratch))", scratch.path("c.db"))
    #expect(bare(fresh.bus.lines) == bare(same.bus.lines))
  }

  @Test("Each setting alone is another run")
  func digests() throws {
    let scratch = try Scratch()
    var digests: Set<String> = []
    for settings in [[:]] + Self.other.map({ [$0.key: $0.value] }) {
      let told = try run(
        "--config \(try scenario(settings, scratch)) --gallery-size 2k", scratch.path("a.db"))
      digests.insert(try #require(told.digest))
      // Nothing of the others was found there to go on with.
      #expect(told.summary["resumed"] as? Bool == false)
    }
    #expect(digests.count == Self.other.count + 1)
  }

  @Test("A dry run tells the decision")
  func dryRun() throws {
    let scratch = try Scratch()
    let file = try scenario(Self.other, scratch)
    let run = try Binary.shell("$SIGHTLINE run '\(Binary.samples)' --config \(file) --dry-run")
    let words = "best 5 captures, 1 at least; a track ends 0.4 s unseen; updates 0 s apart"
    #expect(run.output.contains("decision  \(words); cool-down 60 s\n"), "\(run.output)")
    let bench = try Binary.shell(
      "$SIGHTLINE bench pipeline '\(Binary.samples)' --scenario offline --captures 5 "
        + "--least-captures 1 --track-gap 400ms --update-every 0 --dry-run")
    #expect(bench.output.contains("decision  \(words)\n"), "\(bench.output)")
  }

  @Test("A bench tells the decision in its result where it is not the usual one")
  func benchResult() throws {
    func bench(_ options: String) throws -> String {
      let result = try Binary.shell(
        """
        $SIGHTLINE bench pipeline '\(Binary.samples)' --scenario single --gallery procedural:2k \
        --locate boxes --duration 200ms --warmup 100ms --bus none --checked 0 \(options)
        """)
      #expect(result.status == 0, "\(result.errors)")
      return result.output
    }
    func settings(_ options: String) throws -> [String: Any] {
      try #require(try object(bench("--json \(options)"))["settings"] as? [String: Any])
    }
    let plain = try settings("--captures 3 --least-captures 2 --track-gap 2s --update-every 1s")
    #expect(plain["decision"] == nil)
    let told = try settings("--captures 7 --track-gap 1500ms")
    #expect(told.number("decision", "captures") == 7)
    #expect(told.number("decision", "least_captures") == 2)
    #expect(told.number("decision", "track_gap_ms") == 1_500)
    #expect(told.number("decision", "update_every_ms") == 1_000)
    let text = try bench("--captures 7 --track-gap 1500ms")
    let words = "best 7 captures, 2 at least; a track ends 1.5 s unseen; updates 1 s apart"
    #expect(text.contains("\n  decision   \(words)\n"), "\(text)")
  }

  @Test(
    "What makes no decision is refused with what to give",
    arguments: [
      ("--captures 0", "--captures: give a number from 1 to 100"),
      ("--captures 101", "--captures: give a number from 1 to 100"),
      ("--least-captures 0", "--least-captures: give a number from 1 to --captures"),
      ("--least-captures 4", "4 is more than --captures, 3; give fewer, or more --captures"),
      ("--captures 1", "2 is more than --captures, 1; give fewer, or more --captures"),
      ("--track-gap 2h", "--track-gap: give a time from 1ms to 1h"),
      ("--track-gap 1us", "--track-gap: give a time from 1ms to 1h"),
      ("--track-gap 0s", "--track-gap"),
      ("--update-every soon", "--update-every"),
    ])
  func refused(options: String, words: String) throws {
    for command in ["run x", "bench pipeline x --scenario offline", "bench stages x"] {
      let result = try Binary.shell("$SIGHTLINE \(command) \(options)")
      #expect(result.status == 2 && result.output == "")
      #expect(result.errors.contains(words), "\(result.errors)")
    }
  }
}
