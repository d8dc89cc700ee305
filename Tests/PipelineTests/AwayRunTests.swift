// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Frames
import Galleries
import Pipeline
import SystemPackage
import Testing

@Suite("A run whose cameras go away")
struct AwayRunTests {
  private static let samples = FilePath(
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("SampleFrames").path)

  @Test("Sightings that end while a camera is away keep no frame waiting, and took no time")
  func away() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = RunConfiguration(
      frameSet: try FrameSet(opening: Self.samples), gallery: .procedural(size: 100_000))
    configuration.matcher = .int8
    configuration.faults = [try FaultRule("away every 5 s for 3 s")]
    var run = PipelineRun(configuration, bus: .sqlite(FilePath(folder.path).appending("run.db")))
    let monitor = PipelineMonitor()
    run.monitor = monitor
    let summary = try await run.execute()
    let seen = monitor.snapshot()
    #expect(!summary.faults.isEmpty && seen.closed > 0)
    #expect(seen.eventsWaiting == 0)
    // As frames that came in did, and not as long as the machine runs.
    let most = try #require(seen.cameras.compactMap(\.p99MS).max())
    #expect(most < summary.seconds * 1.1e3 + 100)
  }
}
