// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Matching
import Sightings
import Testing

@Suite struct SightingEventTests {
  /// One sighting that opens, improves once, and is lost.
  static func example(_ clock: SightingData.Clock.Kind = .virtual) -> [SightingEvent] {
    let frames = (0..<20).map { number -> FrameObservation in
      let face = FaceObservation(
        box: Box(x: 512.3456 + Double(number) * 8, y: 300.1, width: 41.25, height: 40.5),
        markerPixels: 41, detectionScore: 61.123456789, quality: number == 7 ? 0.91 : 0.7,
        tier: "A", isEmbedded: number != 1,
        candidates: number == 1
          ? []
          : [
            .init(subject: 12_345, score: number == 7 ? 0.7345678 : 0.6123456),
            .init(subject: 1_200_000_000, score: 0.3712),
            .init(subject: 77, score: 0.3 + Float(number) / 1000),
          ])
      return FrameObservation(
        camera: Scene.camera, frame: Scene.facts(number, Double(number) / 5),
        faces: number < 9 ? [face] : [])
    }
    var machine = SightingMachine(context: .test(clock: clock), policy: .test, lastSequence: 6)
    return machine.run(frames)
  }

  @Test func `opened, updated and closed are as recorded`() throws {
    let events = Self.example()
    #expect(events.map(\.data.phase) == [.opened, .updated, .closed])
    for event in events {
      try Snapshots.check(event.json(), "sighting.\(event.data.phase.rawValue).json")
    }
  }

  @Test func `the recovered close is as recorded`() throws {
    let last = Self.example()[1]
    let event = try #require(SightingEvent.recovered(from: last, sequence: 12))
    #expect(event.data.revision == 3 && event.data.closeReason == .recovered)
    #expect(event.id != last.id && event.time == last.time)
    try Snapshots.check(event.json(), "sighting.recovered.json")
    #expect(SightingEvent.recovered(from: event, sequence: 13) == nil)
  }

  @Test func `what is written is read, whole`() throws {
    for event in Self.example(.wall) {
      var timings = SightingData.Timings()
      timings.decode = 1500
      let stamped = event.stamped(
        recordedAt: Timestamp(microseconds: Scene.start + 9), timings: timings)
      #expect(stamped.recordedTime != nil && stamped.data.timings?.decode == 1500)
      let read = try SightingEvent(json: stamped.json())
      // The box is written with two decimals, all else is as it was.
      #expect(try read.json() == stamped.json())
      #expect(read.id == stamped.id && read.sequence == stamped.sequence)
      #expect(read.data.provenance == stamped.data.provenance && read.time == stamped.time)
    }
  }

  @Test func `the virtual clock lets no wall time in`() throws {
    let event = Self.example()[0]
    #expect(event.stamped(recordedAt: Timestamp(microseconds: 1), timings: .init()) == event)
    #expect(!String(decoding: try event.json(), as: UTF8.self).contains("recordedtime"))
  }

  @Test func `fields that later versions add are passed over`() throws {
    let event = Self.example()[0]
    let text = String(decoding: try event.json(), as: UTF8.self)
      .replacing("\"camera\":{", with: "\"camera\":{\"place\":[1,{\"a\":null}],")
      .replacing("{\"correlationid\"", with: "{\"added\":1.5,\"correlationid\"")
    #expect(text.contains("added") && text.contains("place"))
    #expect(try SightingEvent(json: Array(text.utf8)).json() == event.json())
  }

  @Test(arguments: [
    ("\"specversion\":\"1.0\"", "\"specversion\":\"2.0\""),
    ("\"simulated\":true", "\"simulated\":false"),
    ("sighting.opened\"", "sighting.closed\""),
    ("\"sequence\":\"0", "\"sequence\":\"x"),
    ("Z\",\"type\"", "\",\"type\""),
  ])
  func `what is not our event is refused`(old: String, new: String) throws {
    let text = String(decoding: try Self.example()[0].json(), as: UTF8.self)
    #expect(text.contains(old))
    #expect(throws: DecodingError.self) {
      try SightingEvent(json: Array(text.replacing(old, with: new).utf8))
    }
  }

  @Test func `ids tell runs, cameras, tracks, phases and revisions apart`() {
    let track = TrackID(firstSequence: 1, ordinal: 2)
    let names = [
      Identifiers.sighting(run: "a", camera: "b", track: track),
      Identifiers.sighting(run: "ab", camera: "", track: track),
      Identifiers.sighting(run: "a", camera: "b", track: .init(firstSequence: 12, ordinal: 0)),
      Identifiers.sighting(run: "a", camera: "b", track: track, ordinal: 1),
      Identifiers.event(run: "a", camera: "b", sighting: "s", phase: .opened, revision: 1),
      Identifiers.event(run: "a", camera: "b", sighting: "s", phase: .updated, revision: 1),
      Identifiers.event(run: "a", camera: "b", sighting: "s", phase: .updated, revision: 2),
    ]
    #expect(Set(names).count == names.count)
    // For ever: consumers remember ids.
    #expect(names[0] == "3987cb6a82391640")
    #expect(names[4] == "5b41dd32cb7452f23a208d4feefaef1f")
  }

  @Test func `subjects have names, and only theirs are read`() {
    #expect(SubjectName.text(12_345) == "syn-0000012345")
    #expect(SubjectName.number("syn-0000012345") == 12_345)
    #expect(SubjectName.number(SubjectName.text(.max)) == .max)
    for text in ["syn-12345", "0000012345", "syn-", "syn-00000012345", "syn-+000012345"] {
      #expect(SubjectName.number(text) == nil)
    }
  }
}
