// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Frames
import Pipeline
import Testing

@Suite("Bringing frames back into order")
struct ResequencerTests {
  private func frame(camera: Int, order: Int) -> ProcessedFrame {
    let record = FrameSetManifest.Frame(
      camera: "cam-\(camera)", seq: order * 3, capturedAt: 0, file: "f", bytes: 0,
      sha256: SHA256Digest(of: ""), boxes: [])
    return ProcessedFrame(
      ticket: FrameTicket(
        frame: record, camera: camera, lane: camera, order: order, capturedAt: 0, admittedAt: 0),
      outcome: .dropped(.queueFull))
  }

  @Test("Whatever order frames come in, each camera's leave in its own, each once")
  func anyOrder() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      var frames = (0..<3).flatMap { camera in
        (0..<40).map { frame(camera: camera, order: $0) }
      }
      frames.shuffle(using: &generator)
      var sequencer = Resequencer(lanes: 3)
      var seen = [[Int]](repeating: [], count: 3)
      for frame in frames {
        for ready in sequencer.take(frame) {
          seen[ready.frame.ticket.camera].append(ready.frame.ticket.order)
        }
      }
      #expect(seen == [[Int]](repeating: Array(0..<40), count: 3))
      #expect(sequencer.waiting == 0)
    }
  }

  @Test("A frame that never comes holds back only its own camera, and is noticed")
  func hole() {
    var sequencer = Resequencer(lanes: 2)
    #expect(sequencer.take(frame(camera: 0, order: 1)).isEmpty)
    #expect(sequencer.take(frame(camera: 1, order: 0)).count == 1)
    #expect(sequencer.take(frame(camera: 0, order: 2)).isEmpty)
    #expect(sequencer.waiting == 2)
    #expect(sequencer.take(frame(camera: 0, order: 0)).count == 3)
    #expect(sequencer.waiting == 0)
  }
}

@Suite("Stage measures")
struct StageMeasuresTests {
  @Test("Merged percentiles are those of all values, not means of percentiles")
  func merged() {
    var fast = StageMeasures()
    var slow = StageMeasures()
    for i in 1...990 { fast.worked(.decode, UInt64(i) * 1_000) }
    for _ in 0..<10 { slow.worked(.decode, 50_000_000) }
    fast.add(slow)
    let work = fast.work[.decode] ?? Durations()
    #expect(work.count == 1_000)
    #expect(abs(work.milliseconds(atPercentile: 50) - 0.5) < 0.002)
    #expect(abs(work.milliseconds(atPercentile: 99.5) - 50) < 0.1)
  }
}
