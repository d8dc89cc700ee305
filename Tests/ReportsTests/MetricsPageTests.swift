// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Pipeline
import Reports
import Telemetry
import Testing

@Suite("Metrics of the pipeline")
struct MetricsPageTests {
  private let process = ProcessFacts(cpuSeconds: 1.5, residentBytes: 1 << 20, startSeconds: 1e9)

  private func text(cameras: Int, forwarding: ForwardingFacts? = nil) -> String {
    var snapshot = LiveViewTests.snapshot(cameras: cameras)
    for camera in snapshot.cameras.indices where snapshot.cameras[camera].frames.dropped > 0 {
      let drop = FrameDrop(camera: camera, stage: .read, reason: .queueFull)
      snapshot.drops[drop] = snapshot.cameras[camera].frames.dropped
    }
    for value in 1...50 { snapshot.eventLatency.record(UInt64(value) * 3_000_000) }
    return MetricsPage.text(snapshot, process: process, forwarding: forwarding)
  }

  /// The values of a page by name and labels, as Python's prometheus_client reads them.
  private func parsed(_ text: String) throws -> [String: Double] {
    let script = """
      import json, sys
      from prometheus_client.parser import text_string_to_metric_families as parse
      seen, types = {}, {}
      for family in parse(sys.stdin.read()):
          assert family.documentation and family.type != "unknown", family
          for sample in family.samples:
              labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
              key = sample.name + "{" + labels + "}"
              assert key not in seen, key
              seen[key] = sample.value
          if family.type == "histogram":
              rows = {}
              for s in family.samples:
                  key = tuple(sorted((k, v) for k, v in s.labels.items() if k != "le"))
                  rows.setdefault(key, []).append(s)
              for samples in rows.values():
                  buckets = [s for s in samples if s.name.endswith("_bucket")]
                  counts = [s.value for s in buckets]
                  ends = [float(s.labels["le"]) for s in buckets]
                  assert counts == sorted(counts) and ends == sorted(ends), samples
                  assert ends[-1] == float("inf")
                  count = [s.value for s in samples if s.name.endswith("_count")]
                  assert count == [counts[-1]], samples
      print(json.dumps({k: v for k, v in seen.items() if v == v}))
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", script]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // From a thread, since the page may be larger than a pipe.
    let writer = Thread {
      try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try? input.fileHandleForWriting.close()
    }
    writer.start()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "is python3-prometheus-client installed?")
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Double])
  }

  @Test("Somebody else's parser reads the page, and the counts agree")
  func parses() throws {
    let snapshot = LiveViewTests.snapshot(cameras: 12)
    let values = try parsed(text(cameras: 12, forwarding: .init(waiting: 17)))
    for camera in snapshot.cameras {
      func value(_ outcome: String) -> Double? {
        values["sightline_frames_total{camera=\(camera.name),outcome=\(outcome)}"]
      }
      #expect(value("decoded") == Double(camera.frames.decoded))
      #expect(value("failed") == Double(camera.frames.failed))
      #expect(value("dropped") == Double(camera.frames.dropped))
      #expect(
        values["sightline_frames_received_total{camera=\(camera.name)}"]
          == Double(camera.frames.entered))
      let drops = "camera=\(camera.name),reason=queue-full,stage=read"
      #expect(
        values["sightline_frame_drops_total{\(drops)}"] ?? 0 == Double(camera.frames.dropped))
    }
    #expect(values["sightline_frames_in_flight{}"] == Double(snapshot.frames.inFlight))
    #expect(values["sightline_queue_frames{queue=read}"] == 131)
    #expect(values["sightline_queue_limit_bytes{queue=read}"] == Double(64 << 20))
    #expect(values["sightline_queue_limit_bytes{queue=match}"] == nil)
    #expect(values["sightline_faces_located_total{}"] == 4_321)
    #expect(values["sightline_events_durable_total{}"] == 29)
    #expect(values["sightline_bus_lag_events{queue=log}"] == 3)
    #expect(values["sightline_bus_lag_events{queue=outbox}"] == 17)
    #expect(values["sightline_bus_up{}"] == 1)
    let away = try parsed(text(cameras: 1, forwarding: .init(waiting: 3, awaySeconds: 0)))
    #expect(away["sightline_bus_up{}"] == 0)
    #expect(values["process_resident_memory_bytes{}"] == Double(1 << 20))
    #expect(values["sightline_build_info{version=\(SoftwareVersion.current)}"] == 1)
    // 200 values of 20 us to 4 ms, 50 at or below 1 ms, and 240 of nothing.
    #expect(values["sightline_stage_work_seconds_bucket{le=0.001,stage=read}"] == 290)
    #expect(values["sightline_stage_work_seconds_count{stage=read}"] == 440)
    let sum = values["sightline_stage_work_seconds_sum{stage=read}"] ?? 0
    #expect(abs(sum - 0.402) < 1e-9)
    #expect(values["sightline_event_latency_seconds_bucket{le=0.1}"] == 33)
  }

  @Test("More than a thousand cameras are summed up, so that no page is too large")
  func cardinality() throws {
    let few = text(cameras: 1_000)
    #expect(few.contains("camera=\"cam-1000\""))
    let many = try parsed(text(cameras: 1_001))
    let snapshot = LiveViewTests.snapshot(cameras: 1_001)
    #expect(
      many["sightline_frames_received_total{camera=all}"] == Double(snapshot.frames.entered))
    #expect(
      many["sightline_frame_drops_total{camera=all,reason=queue-full,stage=read}"]
        == Double(snapshot.frames.dropped))
    #expect(many.count < 400)
  }

  @Test("A page can be had before anything runs")
  func opening() throws {
    let values = try parsed(MetricsPage.text(PipelineSnapshot(), process: process))
    #expect(values["sightline_searches_total{}"] == 0)
    #expect(!values.keys.contains { $0.contains("outbox") || $0.contains("bus_up") })
  }
}
