// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import EventBus
import Testing

/// A table that macros can ask.
private final class Waiting {
  private var table = AckTable()
  var count: Int { table.count }

  func expect(_ ticket: Int, on subject: String = "a", at now: ContinuousClock.Instant = .now)
    -> Int?
  { table.expect(ticket, on: subject, at: now) }
  func settle(_ token: Int) -> Int? { table.settle(token) }
  func settleAll(on subject: String) -> [Int] { table.settleAll(on: subject) }
  func settleAll(before instant: ContinuousClock.Instant) -> [Int] {
    table.settleAll(before: instant)
  }
}

@Suite("Acknowledgements find what they are for")
struct AckTableTests {
  @Test(
    "Whatever is published and answered in whatever order, each answer settles its own ticket once")
  func model() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      let table = Waiting()
      var waiting: [Int: Int] = [:]
      var spent: [Int] = []
      for ticket in 0..<400 {
        if Bool.random(using: &random) || waiting.isEmpty {
          let token = try #require(table.expect(ticket))
          #expect(waiting[token] == nil)
          #expect(!spent.contains(token))
          waiting[token] = ticket
        } else if let (token, ticket) = waiting.randomElement(using: &random) {
          #expect(table.settle(token) == ticket)
          #expect(table.settle(token) == nil)
          waiting[token] = nil
          spent.append(token)
        }
        #expect(table.count == waiting.count)
      }
      for token in spent { #expect(table.settle(token) == nil) }
      for (token, ticket) in waiting { #expect(table.settle(token) == ticket) }
      #expect(table.count == 0)
    }
  }

  @Test(
    "An answer that comes after its event was given up on is for nobody, though its place is used again"
  )
  func late() throws {
    let table = Waiting()
    let then = ContinuousClock.now
    let old = try #require(table.expect(7, at: then))
    #expect(table.settleAll(before: then) == [])
    #expect(table.settleAll(before: then.advanced(by: .nanoseconds(1))) == [7])
    let new = try #require(table.expect(8, at: then))
    #expect(table.settle(old) == nil)
    #expect(table.settle(new) == 8)
  }

  @Test("A subject that is denied settles its own events and no other's")
  func subjects() throws {
    let table = Waiting()
    for ticket in 0..<9 { _ = table.expect(ticket, on: "s\(ticket % 3)") }
    #expect(table.settleAll(on: "s1").sorted() == [1, 4, 7])
    #expect(table.settleAll(on: "s1") == [])
    #expect(table.count == 6)
  }

  @Test("Tokens that nobody gave are for nobody", arguments: [-1, Int.min, Int.max, 1 << 20, 5])
  func foreign(_ token: Int) {
    let table = Waiting()
    _ = table.expect(1)
    #expect(table.settle(token) == nil)
    #expect(table.count == 1)
  }

  @Test("More than there is room for is told, not lost")
  func full() {
    let table = Waiting()
    let now = ContinuousClock.now
    var given = 0
    while table.expect(given, at: now) != nil { given += 1 }
    #expect(given == 1 << 20)
    #expect(table.settle(3) == 3)
    #expect(table.expect(given, at: now) != nil)
  }
}

@Suite("What a stream answers to an event")
struct PublishAnswerTests {
  private func read(_ text: String, from stream: String = "SIGHTINGS") -> PublishAnswer {
    unsafe Array(text.utf8).withUnsafeBufferPointer {
      unsafe PublishAnswer($0, from: Array(stream.utf8))
    }
  }

  @Test(
    "An event that is stored, as servers write it",
    arguments: [
      #"{"stream":"SIGHTINGS","seq":1}"#, #"{"stream":"SIGHTINGS", "seq":1844674407370955}"#,
      #"{"seq":7}"#, #"{"stream":"SIGHTINGS","domain":"hub","seq":7}"#,
      #"{"type":"x","stream":"SIGHTINGS","seq":7,"later":{"a":[1]}}"#,
      #"{"stream":"SIGHTINGS","seq":7,"duplicate":false}"#,
    ])
  func stored(_ text: String) { #expect(read(text) == .stored(duplicate: false)) }

  @Test("One that was there already")
  func duplicate() {
    #expect(
      read(#"{"stream":"SIGHTINGS", "seq":2, "duplicate": true}"#) == .stored(duplicate: true))
  }

  @Test("What another stream stored is not taken for ours")
  func elsewhere() {
    #expect(read(#"{"stream":"SIGHTINGS2","seq":7}"#) == .elsewhere("SIGHTINGS2"))
  }

  @Test("A refusal keeps its number and words, also where a place is told beside it")
  func failed() {
    let answer =
      #"{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"SIGHTINGS","seq":0}"#
    #expect(read(answer) == .failed(code: 10077, description: "maximum bytes exceeded"))
    #expect(
      read(#"{"stream":"SIGHTINGS","seq":5,"error":{"code":400}}"#)
        == .failed(code: 0, description: ""))
  }

  @Test(
    "What no stream says is not taken for stored",
    arguments: [
      "", "{", "{}", "null", #"{"stream":"SIGHTINGS"}"#, #"{"stream":"SIGHTINGS","seq":0}"#,
      #"{"stream":"SIGHTINGS","seq":}"#, #"{"stream":"SIGHTINGS","seq":-1}"#,
      #"{"stream":"SIGHTINGS","seq":1"#, #"{"stream":"SIGHTINGS","seq":1}}"#,
      #"{"stream":"SIGHTINGS","seq":"1"}"#, "+OK", "\u{0}",
    ])
  func unreadable(_ text: String) { #expect(read(text) == .unreadable) }

  @Test("An answer's subject gives its token back, and nothing else does")
  func tokens() throws {
    let location = try location()
    var publishing = try Publishing("a stream", location)
    let begin = publishing.answers.dropLast()
    for token in [0, 1, 9, 10, 4095, 1 << 20, Int.max] {
      let read = unsafe publishing.withReply(to: token) { subject in
        unsafe (
          subject.map { unsafe String(cString: $0).hasPrefix(begin) },
          Publishing.token(in: subject)
        )
      }
      #expect(read.0 == true)
      #expect(read.1 == token)
    }
    for wrong in ["", "a", "a.", "a.1x", "a.-1", "a.99999999999999999999"] {
      unsafe #expect(Publishing.token(in: wrong) == nil)
    }
    unsafe #expect(Publishing.token(in: nil) == nil)
  }

  private func location() throws -> NATSLocation {
    guard case .nats(let location) = try BusLocation("nats://127.0.0.1:4222") else {
      throw BusError(.unknownLocation, "not NATS")
    }
    return location
  }

  @Test("A subject that is remembered is the one that would be made, to the byte")
  func subjects() throws {
    let location = try location()
    var publishing = try Publishing("a stream", location)
    // The two last are one letter in two spellings, which texts call equal.
    let keys = ["cam-1", "a b.c>", "", "cam-\u{e9}", "cam-e\u{301}"]
    let bodies = [
      #"{"source":"urn:sightline:a:camera:x","id":"1"}"#, #"{"source":"urn:sightline:b:camera:x"}"#,
      #"{"source":"urn:sightline:a:camera:x","id":"12"}"#, "{}", "",
    ]
    for type in ["org.sightline.sighting.opened", "org.sightline.search.made", "x"] {
      for round in 0..<2 {
        for key in keys {
          for body in bodies {
            let record = BusRecord(
              id: "\(round)", type: type, subject: "s", partitionKey: key, timeMicroseconds: 0,
              body: Array(body.utf8))
            let made = publishing.subject(of: record, location)
            #expect(made.utf8.elementsEqual(JetStreamTarget(location).place(of: record).utf8))
          }
        }
      }
    }
  }
}
