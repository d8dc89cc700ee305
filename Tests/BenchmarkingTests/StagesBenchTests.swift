// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Benchmarking
import Faces
import Foundation
import Frames
import Galleries
import Pipeline
import Reports
import SystemPackage
import Testing

@Suite("Stages by themselves")
struct StagesBenchTests {
  private static let samples = FilePath(
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SampleFrames").path)

  @Test(
    "Every format at every scale is decoded, by as many threads as asked, in memory that is kept")
  func decode() async throws {
    var plan = DecodePlan(try FrameSet(opening: Self.samples))
    plan.threads = 2
    plan.rounds = 3
    plan.seconds = 0.01
    let result = try await DecodeBench(plan).run()
    #expect(Set(result.cases.map { "\($0.format) \($0.scale)" }).count == 8)
    for row in result.cases {
      #expect(row.framesPerSecond.count == 3)
      #expect(row.framesPerSecond.allSatisfy { $0 > 0 })
    }
    // Grown once for gray and once for RGB, whatever the rounds; frames of a set differ in size at most by
    // camera.
    #expect(result.allocations <= 2 * 2 * plan.frameSet.manifest.cameras.count)
    // Of the set's frames some are garbage or cut short, and are left out.
    #expect(result.frames > 0 && result.frames < plan.frameSet.manifest.frames.count)
    #expect(!result.interrupted)
  }

  @Test("A frame that was changed since it was listed ends the bench of decoding with its name")
  func changed() async throws {
    let scratch = try Scratch()
    let copy = scratch.path.appending("set")
    try FileManager.default.copyItem(atPath: Self.samples.string, toPath: copy.string)
    let set = try FrameSet(opening: copy)
    let frame = try #require(set.manifest.frames.first)
    let file = copy.pushing(FilePath(frame.file)).string
    try Data(repeating: 7, count: frame.bytes).write(to: URL(fileURLWithPath: file))
    let error = await #expect(throws: FrameError.self) {
      try await DecodeBench(DecodePlan(set)).run()
    }
    #expect(error?.code == .digestMismatch)
  }

  @Test("Stages alone and the whole pipeline are measured over the same frames")
  func stages() async throws {
    var configuration = RunConfiguration(
      frameSet: try FrameSet(opening: Self.samples), gallery: .procedural(size: 2_000))
    configuration.locate = .boxes
    configuration.scale = .quarter
    configuration.threads = 2
    var plan = PipelinePlan(configuration, scenario: .offline)
    plan.seconds = 0.1
    plan.warmup = 0
    let result = try await StagesBench(plan, rounds: 2, observer: { _ in }) { _, _ in }.run()
    #expect(result.rounds.count == 2)
    for round in result.rounds {
      #expect(
        round.stages.map(\.name) == ["read", "decode", "locate", "embed", "match", "track+publish"])
      for stage in round.stages where stage.name != "embed" { #expect(stage.cpuMS > 0) }
      #expect(round.pipelineMS > 0 && round.sumMS > 0)
    }
    let report = StagesReport(
      result, machine: .current(libraries: [:]), command: ["sightline", "bench", "stages"])
    #expect(report.text.contains("whole pipeline"))
    #expect(try report.json(snakeCase: true).contains("\"pipeline_ms\""))
  }

  @Test(
    "Keys of JSON have words apart",
    arguments: [
      ("uncorrectedP99MS", "uncorrected_p99_ms"), ("p50MS", "p50_ms"),
      ("cpuMSPerFrame", "cpu_ms_per_frame"),
      ("eventP99MS", "event_p99_ms"), ("valid", "valid"), ("framesPerSecond", "frames_per_second"),
      ("sha256", "sha256"), ("JSONText", "json_text"),
    ])
  func keys(name: String, key: String) throws {
    struct Named: Encodable {
      let name: String
      struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
      }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: Key(stringValue: name))
      }
    }
    #expect(try Named(name: name).json(snakeCase: true).contains("\"\(key)\" : 1"))
    // Names that are data stay as they are.
    #expect(try [name: Named(name: "a")].json(snakeCase: true).contains("\"\(name)\" : {"))
  }
}
