// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Foundation
import Sightings
import Testing

@Suite("Messages of a stream as records")
struct StreamedRecordTests {
  private static let subject = "sightline.sighting.test.cam-01"

  private static func read(
    _ body: [UInt8], on subject: String = subject, kinds: [String] = ["sighting"]
  ) -> StreamedRecord {
    StreamedRecord(StreamMessage(sequence: 1, subject: subject, body: body), kinds: kinds)
  }

  private static func events() throws -> [SightingEvent] {
    var events: [SightingEvent] = []
    for camera in ["cam-01", "a \"b\" \\ ü 🎥", "x.y>z*"] {
      for (revision, phase) in SightingPhase.allCases.enumerated() {
        let read = try SampleSighting.event(
          camera: camera.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""),
          phase: phase, revision: revision + 1, sequence: Int64(revision) + 1,
          lastSeen: 1_000_000 * Int64(revision + 1))
        // Its id follows from the camera's name, not from how JSON writes that.
        events.append(
          SightingEvent(
            source: read.source, time: read.time, expiryTime: read.expiryTime,
            sequence: read.sequence, data: read.data))
      }
    }
    return events
  }

  private static let truth = TruthEvent(
    deployment: "test",
    data: TruthData(
      appearanceID: "00000000000000bb", camera: .init(id: "cam-01", name: "Gate"), subject: 7,
      isEnrolled: true, firstSeen: Timestamp(microseconds: 1), lastSeen: Timestamp(microseconds: 2),
      firstFrame: 0, lastFrame: 1, frames: 2, framesShown: 2, largestMarkerPixels: 40,
      provenance: .init(
        runID: "r", configurationDigest: "d", seed: 1, softwareVersion: "0")))

  @Test("A record comes out of its own body as it went in")
  func roundTrip() throws {
    for event in try Self.events() {
      let record = try BusRecord(event)
      #expect(Self.read(record.body) == .event(record))
    }
    let record = try BusRecord(Self.truth)
    #expect(
      Self.read(record.body, on: "sightline.truth.test.cam-01", kinds: ["sighting", "truth"])
        == .event(record))
  }

  @Test("Fields that a later version adds are kept, byte for byte")
  func additions() throws {
    let event = try Self.events()[0]
    let text = String(decoding: try event.json(), as: UTF8.self)
    let body = Array(("{\"later\":[1,{}]," + text.dropFirst()).utf8)
    guard case .event(let record) = Self.read(body) else {
      Issue.record("not read")
      return
    }
    #expect(record.body == body && record.id == event.id)
  }

  @Test("Truth enters only where it is asked for by name, and never on another's subject")
  func kinds() throws {
    let truth = try BusRecord(Self.truth).body
    #expect(Self.read(truth, on: "sightline.truth.test.cam-01") == .passedOver)
    #expect(Self.isForeign(Self.read(truth), "'truth'"))
    #expect(
      Self.isForeign(Self.read(truth, on: "sightline.sighting.a.b", kinds: ["sighting"]), "truth"))
    let sighting = try Self.events()[0].json()
    #expect(Self.read(sighting, on: "sightline.other.a.b") == .passedOver)
  }

  private static func isForeign(_ read: StreamedRecord, _ word: String) -> Bool {
    guard case .foreign(let reason) = read else { return false }
    return reason.contains(word) && !reason.contains("\n") && reason.utf8.count < 400
  }

  @Test(
    "Without any one of the fields that make it an event of ours, it is none, and that is named")
  func missing() throws {
    let body = try Self.events()[0].json()
    let whole = try #require(
      try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    for key in [
      "specversion", "id", "source", "type", "subject", "time", "partitionkey", "simulated",
      "expirytime", "sequence", "data",
    ] {
      for wrong in [nil, [1, 2] as Any] {
        var object = whole
        object[key] = wrong
        let bytes = [UInt8](
          try JSONSerialization.data(withJSONObject: object, options: .withoutEscapingSlashes))
        #expect(Self.isForeign(Self.read(bytes), key), "\(key): \(Self.read(bytes))")
      }
    }
  }

  @Test(
    "What says something else than an event of ours does is told as that",
    arguments: [
      ("\"simulated\":true", "\"simulated\":false", "simulated"),
      ("\"specversion\":\"1.0\"", "\"specversion\":\"2.0\"", "CloudEvents"),
      ("urn:sightline:schema:sighting:1", "urn:sightline:schema:sighting:2", "sighting:2"),
      ("urn:sightline:test:camera", "urn:elsewhere:test:camera", "source"),
      ("\"phase\":\"opened\"", "\"phase\":\"closed\"", "type"),
      ("\"revision\":1", "\"revision\":2", "id should be"),
      ("\"run_id\":\"run-1\"", "\"run_id\":\"run-2\"", "id should be"),
      ("\"time\":\"1970", "\"time\":\"noon", "time"),
      ("sighting.opened", "truth.recorded", "schema"),
    ])
  func other(text: String, other: String, word: String) throws {
    let event = String(decoding: try Self.events()[0].json(), as: UTF8.self)
    let changed = event.replacing(text, with: other)
    #expect(changed != event)
    let read = Self.read(Array(changed.utf8))
    #expect(Self.isForeign(read, word), "\(read)")
  }

  @Test("A body that is cut, joined, not UTF-8, in lines, of UTF-16 or too long is no event")
  func bytes() throws {
    let body = try Self.events()[0].json()
    for count in stride(from: 0, to: body.count, by: 7) {
      #expect(Self.isForeign(Self.read(Array(body.prefix(count))), "JSON"))
    }
    var random = SeededGenerator(1)
    for _ in 0..<300 {
      var broken = body
      let index = Int.random(in: 0..<body.count, using: &random)
      broken[index] = UInt8.random(in: 0...255, using: &random)
      // Whatever it is now, what the log is given is what came.
      if case .event(let record) = Self.read(broken) { #expect(record.body == broken) }
      broken[index] = UInt8.random(in: 0..<0x20, using: &random)
      #expect(Self.isForeign(Self.read(broken), "one line"))
      broken[index] = 0xff
      #expect(Self.isForeign(Self.read(broken), "UTF-8"))
    }
    #expect(Self.isForeign(Self.read(body + body), "JSON"))
    #expect(Self.isForeign(Self.read(Array("[1]".utf8)), "JSON"))
    let wide = String(decoding: body, as: UTF8.self).utf16.flatMap {
      [UInt8($0 & 0xff), UInt8($0 >> 8)]
    }
    #expect(Self.isForeign(Self.read(wide), "JSON"))
    let spaces = [UInt8](repeating: 0x20, count: StreamedRecord.maximumBytes)
    #expect(Self.isForeign(Self.read([UInt8(ascii: "{")] + spaces + body.dropFirst()), "bytes"))
  }

  @Test("Other types are taken by their envelope, if their names may be shown")
  func otherTypes() {
    func body(_ subject: String) -> [UInt8] {
      Array(
        """
        {"specversion":"1.0","id":"x1","source":"urn:sightline:a:b","type":"org.sightline.search.done",\
        "subject":"\(subject)","time":"2026-03-01T09:00:00Z","partitionkey":"p","simulated":true}
        """.utf8)
    }
    func read(_ subject: String) -> StreamedRecord {
      Self.read(body(subject), on: "sightline.search.a.b", kinds: ["search"])
    }
    #expect(
      read("s")
        == .event(
          BusRecord(
            id: "x1", type: "org.sightline.search.done", subject: "s", partitionKey: "p",
            timeMicroseconds: Timestamp("2026-03-01T09:00:00Z")?.microseconds ?? 0, body: body("s"))
        ))
    for name in ["", "\\u001b[2J", "\\u0000", String(repeating: "x", count: 513)] {
      #expect(Self.isForeign(read(name), "names"))
    }
  }
}

@Suite("Names of one bus")
struct SameBusTests {
  let shop: Workshop

  init() throws { shop = try Workshop() }

  @Test(
    "A file is one bus by whatever name; other files are others, and so are those not there yet")
  func names() throws {
    _ = try SQLiteLog(shop.path("a.db")).close()
    _ = try SQLiteLog(shop.path("b.db")).close()
    let folder = shop.folder.path()
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/soft.db", withDestinationPath: "a.db")
    try FileManager.default.linkItem(atPath: folder + "/a.db", toPath: folder + "/hard.db")
    let log = BusLocation.sqlite(shop.path("a.db"))
    for name in [
      "a.db", "./a.db", "../\(shop.folder.lastPathComponent)/a.db", "soft.db", "hard.db",
    ] {
      #expect(log.isSame(as: .sqlite(shop.path(name))), "\(name)")
    }
    for name in ["b.db", "none.db"] {
      #expect(!log.isSame(as: .sqlite(shop.path(name))), "\(name)")
    }
    let missing = BusLocation.sqlite(shop.path("none.db"))
    #expect(!missing.isSame(as: .sqlite(shop.path("other.db"))) && missing.isSame(as: missing))
    #expect(!log.isSame(as: try BusLocation("nats://h/S")))
  }

  @Test(
    "A log's consumer on a stream goes by the file, whatever it is called, and may be told a server"
  )
  func consumers() throws {
    let missing = ConsumerName.standard(for: .sqlite(shop.path("a.db")))
    _ = try SQLiteLog(shop.path("a.db")).close()
    try FileManager.default.createSymbolicLink(
      atPath: shop.folder.path() + "/soft.db", withDestinationPath: "a.db")
    for name in ["a.db", "./a.db", "soft.db"] {
      #expect(ConsumerName.standard(for: .sqlite(shop.path(name))) == missing)
    }
    #expect(ConsumerName.standard(for: .sqlite(shop.path("b.db"))) != missing)
    try ConsumerName.check(missing)
    for name in ["", "a.b", "a b", "a>", "ü", String(repeating: "x", count: 129)] {
      expectBusError(.badName) { try ConsumerName.check(name) }
    }
  }
}
