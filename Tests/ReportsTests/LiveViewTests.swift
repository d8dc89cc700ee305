// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Foundation
import Pipeline
import Reports
import Telemetry
import Testing

@Suite("Live view")
struct LiveViewTests {
  /// A pipeline of so many cameras after twelve seconds; whatever is in it is a function of its number.
  static func snapshot(cameras: Int, seconds: UInt64 = 12) -> PipelineSnapshot {
    var snapshot = PipelineSnapshot()
    snapshot.phase = .running
    snapshot.beganAt = 1
    snapshot.takenAt = 1 + seconds * 1_000_000_000
    snapshot.measuredAt = snapshot.takenAt
    snapshot.workers = 2
    snapshot.cameras = (0..<cameras).map { index in
      var frames = FrameAccount()
      frames.entered = Int(seconds) * 5 + index % 7
      frames.dropped = index % 10 == 3 ? index % 9 : 0
      frames.failed = index % 50 == 4 ? 1 : 0
      frames.decoded = frames.entered - frames.dropped - frames.failed - index % 2
      return .init(
        name: "cam-\(index + 1)", frames: frames, p99MS: 80 + Double(index * 37 % 101))
    }
    snapshot.expectedFrames = cameras > 0 ? cameras * 300 : nil
    for (place, stage) in Stage.allCases.enumerated() {
      for value in 1...200 {
        snapshot.measures.worked(stage, UInt64(value * (place + 1)) * 20_000)
        snapshot.measures.waited(stage, UInt64(value) * 10_000)
      }
      // So that the last seconds show some use.
      for _ in 0..<Int(seconds) * 20 { snapshot.measures.worked(stage, UInt64(place) * 8_000_000) }
    }
    let limits = QueueLimits(elements: 256, bytes: 64 << 20, policy: .dropOldest)
    snapshot.queues = [
      .init(name: "read", frames: 131, bytes: 7 << 20, limits: limits),
      .init(name: "match", frames: 2, bytes: 0, limits: QueueLimits(elements: 8)),
      .init(name: "track", frames: 0, bytes: 0, limits: QueueLimits(elements: 1_088)),
    ]
    snapshot.faces.located = 4_321
    snapshot.searches = 4_000
    snapshot.opened = 12
    snapshot.eventsDurable = 29
    snapshot.eventsWaiting = 3
    snapshot.recent = (0..<6).map {
      LiveSighting(
        camera: "cam-\($0 + 1)", timeMicroseconds: 1_769_860_800_000_000 + Int64($0) * 1_500_000,
        subject: "id-0000\($0)", score: 0.5 + Double($0) / 50)
    }
    return snapshot
  }

  static func frame(cameras: Int) -> LiveFrame {
    var frame = LiveFrame(
      title: "sightline run frames, wall clock", now: snapshot(cameras: cameras),
      before: snapshot(cameras: cameras, seconds: 9))
    frame.process = ProcessFacts(cpuSeconds: 20, residentBytes: 300 << 20, startSeconds: 0)
    frame.processBefore = ProcessFacts(cpuSeconds: 14.6, residentBytes: 0, startSeconds: 0)
    return frame
  }

  /// `RECORD_SNAPSHOTS=1` writes the files anew, and fails.
  private func expectSnapshot(_ text: String, named name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
    let file = folder.appending(path: name)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(name); run again without RECORD_SNAPSHOTS")
      return
    }
    #expect(text == (try? String(contentsOf: file, encoding: .utf8)), "differs from \(name)")
  }

  private func view(_ width: Int, _ height: Int, hasColor: Bool = false) -> LiveView {
    LiveView(width: width, height: height, hasColor: hasColor)
  }

  @Test(
    "It looks as recorded",
    arguments: [(4, 80, 24), (4, 120, 40), (0, 80, 24), (1_000, 80, 24), (1_000, 120, 50)])
  func recorded(cameras: Int, width: Int, height: Int) throws {
    let lines = view(width, height).lines(Self.frame(cameras: cameras))
    try expectSnapshot(
      lines.joined(separator: "\n") + "\n", named: "live-\(cameras)-\(width)x\(height).txt")
  }

  @Test("It fits any terminal that it is drawn on, in columns and rows")
  func fits() {
    for cameras in [0, 1, 3, 40, 1_000] {
      var frame = Self.frame(cameras: cameras)
      frame.status = String(repeating: "status ", count: 30)
      for width in [60, 61, 80, 99, 120, 300] {
        for height in [18, 19, 24, 50, 200] {
          let lines = view(width, height).lines(frame)
          #expect(lines.count < height, "\(cameras) \(width)x\(height)")
          #expect(lines.allSatisfy { $0.count <= width }, "\(cameras) \(width)x\(height)")
        }
      }
    }
  }

  @Test("The worst cameras come first, and those that are not shown are summed up")
  func worstFirst() throws {
    let frame = Self.frame(cameras: 200)
    let lines = view(80, 30).lines(frame)
    let head = try #require(lines.firstIndex { $0.hasPrefix("CAMERA") })
    let more = try #require(lines.firstIndex { $0.hasPrefix("and ") })
    let names = lines[(head + 1)..<more].map { String($0.prefix { $0 != " " }) }
    let wanted = frame.now.cameras.sorted {
      ($1.frames.dropped, $1.p99MS ?? 0) < ($0.frames.dropped, $0.p99MS ?? 0)
    }.prefix(names.count).map(\.name)
    #expect(names == wanted && !names.isEmpty)
    let rest = frame.now.cameras.filter { !names.contains($0.name) }
    #expect(lines[more].hasPrefix("and \(rest.count) more: "))
    #expect(lines[more].contains("\(rest.reduce(0) { $0 + $1.frames.dropped }) dropped"))
  }

  @Test("Names and words cannot do anything to a terminal", arguments: [false, true])
  func harmless(hasColor: Bool) {
    let odd = "a\u{1B}]0;x\u{7}\r\n\u{9B}2J\u{202E}b\u{200B}\0"
    var frame = Self.frame(cameras: 3)
    frame.title = odd
    frame.status = odd
    for index in frame.now.cameras.indices { frame.now.cameras[index].name = odd }
    frame.now.recent = [
      LiveSighting(camera: odd, timeMicroseconds: 0, subject: odd, score: 0.5)
    ]
    for line in view(120, 40, hasColor: hasColor).lines(frame) {
      let codes = ["1", "2", "31", "33", "0"].map { "\u{1B}[\($0)m" }
      let bare = codes.reduce(line) { $0.replacing($1, with: "") }
      #expect(
        bare.unicodeScalars.allSatisfy {
          $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
        }, "\(bare.debugDescription)")
      #expect(hasColor || bare == line)
    }
  }

  @Test(
    "Frames that come at their pace end when planned, from the first second on, however it began")
  func plannedEnd() {
    // Two frames have passed where twelve hundred are to come: a rate would tell of ten minutes.
    for (seconds, left) in [(1, "0:59"), (2, "0:58"), (12, "0:48"), (60, "0:00"), (70, "0:00")] {
      var now = Self.snapshot(cameras: 4, seconds: UInt64(seconds))
      for index in now.cameras.indices { now.cameras[index].frames.decoded = index / 2 }
      now.plannedSeconds = 60
      let title = view(80, 24).lines(LiveFrame(title: "x", now: now))[0]
      #expect(title.hasSuffix("about \(left) left"), "\(title)")
    }
  }

  @Test("Where a rate must tell the end it is not told before there is one")
  func rateSettles() {
    for seconds in [0, 1, 2, 3, 20] {
      let now = Self.snapshot(cameras: 4, seconds: UInt64(seconds))
      let title = view(80, 24).lines(LiveFrame(title: "x", now: now))[0]
      #expect(title.contains(" left") == (seconds >= 3), "\(title)")
    }
    #expect(TimeLeft.seconds(done: 0, of: 9, elapsed: 100) == nil)
    #expect(TimeLeft.seconds(done: 30, of: 120, elapsed: 10) == 30)
    #expect(TimeLeft.seconds(done: 130, of: 120, elapsed: 10) == 0)
  }

  @Test("Rates are of the last seconds, and of no other run")
  func rates() {
    var frame = Self.frame(cameras: 2)
    #expect(view(80, 24).lines(frame).contains { $0.contains("10.0/s") })
    var other = Self.snapshot(cameras: 2, seconds: 9)
    other.beganAt = 5
    frame = LiveFrame(title: "x", now: frame.now, before: other)
    #expect(frame.before == nil)
    #expect(view(80, 24).lines(frame).contains { $0.contains("10.1/s") })
  }

  @Test("Before frames flow it tells what is going on, and draws no tables")
  func opening() {
    var frame = LiveFrame(title: "sightline run x", now: PipelineSnapshot())
    frame.status = "gallery 10 of 100"
    let lines = view(80, 24).lines(frame)
    #expect(lines.count <= 2 && lines[0].contains("gallery 10 of 100"))
  }
}
