// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

import Files
import Foundation
import Matching
import Sightings
import Testing

/// The hand-written encoder against Foundation's, which takes the same values through `Codable`.
@Suite struct JSONWriterTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 31)
    }
  }

  private static let words = [
    "", "cam-01", "North gate", "a/b", "tab\there", "line\nbreak\r", "quote\"s", "back\\slash",
    "\u{08}\u{0c}\u{01}\u{1f}\u{7f}", "Süd-Ö 監視 🎥", "\u{2028}", "zero\u{0}byte",
  ]

  private static func number(_ draw: inout Generator) -> Double {
    switch Int.random(in: 0..<8, using: &draw) {
    case 0: return Double(Int.random(in: -1000...1000, using: &draw))
    case 1: return Double(Int.random(in: -9_999_999...9_999_999, using: &draw)) / 1e6
    case 2: return Double.random(in: -1...1, using: &draw)
    case 3: return Double.random(in: 0...1e-4, using: &draw)
    case 4: return Double(Int.random(in: 0...99_999, using: &draw)) / 100
    case 5:
      return [0, -0.0, 0.001, 0.0001, 1e-7, 1e15, 1e16, 123_456_789.125, .leastNonzeroMagnitude]
        .randomElement(
          using: &draw) ?? 0
    case 6:
      let any = Double(bitPattern: draw.next())
      return any.magnitude < 1e300 ? any : 1  // Rounding multiplies.
    default: return Double.random(in: -1e9...1e9, using: &draw).rounded()
    }
  }

  /// A revision with all that its event follows from.
  private struct Sample {
    let context: SightingContext
    let policy: SightingPolicy
    let revision: SightingRevision
    let time: Timestamp
    let sequence: Int64

    var event: SightingEvent {
      context.event(revision, policy: policy, time: time, sequence: sequence)
    }
  }

  private static func word(_ draw: inout Generator) -> String {
    words.randomElement(using: &draw) ?? ""
  }

  private static func count(_ draw: inout Generator) -> Int {
    Int.random(in: 0...1 << Int.random(in: 0...40, using: &draw), using: &draw)
  }

  private static func time(_ draw: inout Generator) -> Timestamp {
    Timestamp(microseconds: Int64.random(in: 0...4_000_000_000_000_000, using: &draw))
  }

  private static func event(_ draw: inout Generator, box: Box? = nil) -> SightingEvent {
    func count() -> Int { Self.count(&draw) }
    func flip() -> Bool { Bool.random(using: &draw) }
    let event = sample(&draw, box: box).event
    var timings = SightingData.Timings()
    if flip() { timings.decode = count() }
    if flip() { timings.embed = count() }
    if flip() { timings.match = count() }
    if flip() { timings.queueMatch = count() }
    if flip() { timings.scheduledToDecode = count() }
    if flip() { timings.total = count() }
    // Unchanged on the virtual clock.
    return event.stamped(recordedAt: time(&draw), timings: flip() ? timings : nil)
  }

  private static func sample(_ draw: inout Generator, box: Box? = nil) -> Sample {
    func word() -> String { Self.word(&draw) }
    func count() -> Int { Self.count(&draw) }
    func time() -> Timestamp { Self.time(&draw) }
    func flip() -> Bool { Bool.random(using: &draw) }
    func part() -> SightingData.Model.Part { .init(name: word(), version: word()) }
    let wall = flip()
    let context = SightingContext(
      deployment: word(), camera: .init(id: word(), name: word()),
      clock: .init(kind: wall ? .wall : .virtual, maximumErrorMilliseconds: number(&draw)),
      qualityMethod: word(), qualityMinimum: number(&draw),
      gallery: .init(id: word(), version: word(), size: count(), digest: word()),
      metric: word(), exact: flip(), k: count(),
      thresholdBasis: .init(
        method: word(), targetFPIR: flip() ? number(&draw) : nil,
        searchFPIR: flip() ? number(&draw) : nil, calibrationGallerySize: flip() ? count() : nil,
        calibrationDigest: flip() ? word() : nil),
      model: .init(detector: part(), embedder: part(), matcher: part()),
      provenance: .init(
        runID: word(), configurationDigest: word(), seed: draw.next(), softwareVersion: word()))
    let policy = SightingPolicy(
      decision: DecisionPolicy(threshold: Double.random(in: 0...1, using: &draw)))
    let list = (0..<Int.random(in: 0...6, using: &draw)).map { _ in
      Candidate(subject: draw.next(), score: Float.random(in: -1...1, using: &draw))
    }
    let phase = SightingPhase.allCases.randomElement(using: &draw) ?? .opened
    let revision = SightingRevision(
      sightingID: word(), revision: count(), phase: phase,
      closeReason: phase == .closed ? CloseReason.allCases.randomElement(using: &draw) : nil,
      firstSeen: time(), lastSeen: time(), searched: count(), seen: count(),
      frame: FrameFacts(
        sequence: count(), capturedAtMicroseconds: time().microseconds, width: count(),
        height: count(), bytes: count(), sha256: SHA256Digest(of: word())),
      box: box
        ?? Box(
          x: number(&draw), y: number(&draw), width: number(&draw), height: number(&draw)),
      detectionScore: number(&draw), quality: number(&draw), tier: word(),
      decision: policy.decision.decide([list, list], searched: Int.random(in: 0...3, using: &draw)))
    return Sample(
      context: context, policy: policy, revision: revision, time: time(),
      sequence: Int64(count()))
  }

  @Test("Every event has the very bytes that Foundation's encoder gives", arguments: 0..<8)
  func sameBytes(seed: Int) throws {
    var draw = Generator(state: UInt64(seed))
    for _ in 0..<250 {
      let event = Self.event(&draw)
      let ours = String(decoding: try event.json(), as: UTF8.self)
      let theirs = String(decoding: try EventJSON.encode(event), as: UTF8.self)
      #expect(ours == theirs)
    }
  }

  @Test("An encoder for a camera gives the very bytes and id of the events", arguments: 0..<8)
  func encoder(seed: Int) throws {
    var draw = Generator(state: UInt64(seed))
    var scratch = SightingEncoder.Scratch()
    var last: SightingEncoder?
    for _ in 0..<100 {
      let camera = Self.sample(&draw)
      // Shares with the one before what is the same, by chance or because it is the same camera again.
      last = try SightingEncoder(camera.context, camera.policy, like: last)
      for _ in 0..<3 {
        let encoder = try SightingEncoder(camera.context, camera.policy, like: last)
        let told = Self.sample(&draw)
        let event = camera.context.event(
          told.revision, policy: camera.policy, time: told.time, sequence: told.sequence)
        let encoded = try encoder.encode(
          told.revision, time: told.time, sequence: told.sequence, &scratch)
        #expect(encoded.id == event.id && encoder.partitionKey == event.partitionKey)
        let ours = String(decoding: encoded.body, as: UTF8.self)
        let theirs = String(decoding: try event.json(), as: UTF8.self)
        #expect(ours == theirs)
      }
    }
  }

  @Test("Numbers that JSON has no word for are refused", arguments: [Double.nan, .infinity])
  func refused(number: Double) throws {
    var draw = Generator(state: 1)
    let event = Self.event(&draw, box: Box(x: number, y: 0, width: 1, height: 1))
    #expect(throws: EncodingError.self) { try event.json() }
  }
}
