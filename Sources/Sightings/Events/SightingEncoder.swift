// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Files

/// Encodes the sightings of one camera: the bytes that `SightingContext.event` and `SightingEvent.json` give,
/// without the event.
///
/// What its events say alike is encoded once, in pieces; an event is these pieces with its own values between
/// them. A test holds it to the event's own bytes.
package final class SightingEncoder: Sendable {
  /// An event as it goes on a bus.
  package struct Encoded: Sendable {
    package let id: String
    package let body: [UInt8]
  }

  /// Memory that is used again from event to event, by one at a time.
  package struct Scratch: ~Copyable {
    var out = JSONWriter(capacity: 4096)
    var name = JSONWriter(capacity: 512)
    var hasher = SHA256Hasher()

    package init() {}
  }

  /// The camera's id, and so its events' partition key.
  package let partitionKey: String
  /// In microseconds.
  private let staleness: Int64
  /// What the ids are derived from, up to the sighting.
  private let name: [UInt8]
  // The pieces, each up to a value of the event's own.
  private let upToCandidates: [UInt8]
  private let clock: [UInt8]
  private let upToPhase: [UInt8]
  private let upToScore: [UInt8]
  private let upToSighting: [UInt8]
  private let upToExpiry: [UInt8]
  private let upToSequence: [UInt8]
  private let upToSubject: [UInt8]

  /// `other` is an encoder with which to share what is the same: of thousands of cameras most is.
  ///
  /// - Throws: `EncodingError` for a number that JSON has no word for.
  package init(
    _ context: SightingContext, _ policy: SightingPolicy, like other: SightingEncoder? = nil
  ) throws {
    func piece(
      _ known: KeyPath<SightingEncoder, [UInt8]>?, _ body: (inout JSONWriter) throws -> Void
    ) rethrows -> [UInt8] {
      var out = JSONWriter(capacity: 1024)
      try body(&out)
      let bytes = out.bytes
      if let known, let shared = other?[keyPath: known], shared == bytes { return shared }
      return bytes
    }
    partitionKey = context.camera.id
    staleness = policy.staleness.wholeMicroseconds
    name = piece(nil) {
      $0.plain(
        Identifiers.text("event", [context.provenance.runID, context.camera.id]))
    }
    upToCandidates = piece(nil) {
      $0.raw(",\"data\":{")
      context.camera.write(to: &$0)
      $0.raw(",\"candidates\":[")
    }
    clock = try piece(\.clock) {
      $0.raw("]")
      try context.clock.write(to: &$0)
    }
    upToPhase = piece(\.upToPhase) {
      context.model.write(to: &$0)
      $0.raw(",\"phase\":")
    }
    upToScore = try piece(\.upToScore) {
      context.provenance.write(to: &$0)
      $0.raw(",\"quality\":{\"method\":")
      $0.value(context.qualityMethod)
      $0.raw(",\"min\":")
      try $0.value(context.qualityMinimum.rounded(places: 6))
      $0.raw(",\"score\":")
    }
    upToSighting = try piece(\.upToSighting) {
      $0.raw(",\"rule\":")
      $0.value(policy.decision.rule)
      try SightingData.Search(
        gallery: context.gallery, metric: context.metric, exact: context.exact, k: context.k,
        threshold: policy.decision.threshold
      ).write(to: &$0)
      $0.raw(",\"sighting_id\":")
    }
    upToExpiry = try piece(\.upToExpiry) {
      try context.thresholdBasis.write(to: &$0)
      $0.raw("},\"datacontenttype\":\"application/json\",\"dataschema\":")
      $0.value(SightingEvent.dataSchema)
      $0.raw(",\"expirytime\":")
    }
    upToSequence = piece(nil) {
      $0.raw("\",\"partitionkey\":")
      $0.value(context.camera.id)
      $0.raw(",\"sequence\":\"")
    }
    upToSubject = piece(nil) {
      $0.raw("\",\"simulated\":true,\"source\":")
      $0.value(context.source)
      $0.raw(",\"specversion\":\"1.0\",\"subject\":")
    }
  }

  /// The event of one revision; `sequence` counts the camera's events, from 1. Some 1.3 microseconds.
  ///
  /// - Throws: `EncodingError` for a number that JSON has no word for.
  package func encode(
    _ revision: SightingRevision, time: Timestamp, sequence: Int64, _ scratch: inout Scratch
  ) throws(EncodingError) -> Encoded {
    precondition(sequence >= 0, "a camera's events are counted upwards from 1")
    let id = id(of: revision, &scratch)
    scratch.out.removeAll()
    scratch.out.raw("{\"correlationid\":")
    scratch.out.value(revision.sightingID)
    scratch.out.raw(upToCandidates)
    try Self.write(revision.decision.candidates, to: &scratch.out)
    scratch.out.raw(clock)
    try writeData(revision, to: &scratch.out)
    scratch.out.value(Timestamp(microseconds: time.microseconds + staleness))
    scratch.out.raw(",\"id\":\"")
    scratch.out.raw(id, 16)
    scratch.out.raw(upToSequence)
    scratch.out.digits(UInt(sequence), atLeast: 20)
    scratch.out.raw(upToSubject)
    scratch.out.value(revision.sightingID)
    scratch.out.raw(",\"time\":")
    scratch.out.value(time)
    scratch.out.raw(",\"type\":")
    scratch.out.value(revision.phase.type)
    scratch.out.raw("}")
    return Encoded(id: id.prefix(16), body: scratch.out.bytes)
  }

  /// As `Identifiers.event` derives it.
  private func id(of revision: SightingRevision, _ scratch: inout Scratch) -> SHA256Digest {
    func part(_ text: String, _ out: inout JSONWriter) {
      out.raw("/")
      out.value(text.utf8.count)
      out.raw(":")
      out.plain(text)
    }
    scratch.name.removeAll()
    scratch.name.raw(name)
    part(revision.sightingID, &scratch.name)
    part(revision.phase.rawValue, &scratch.name)
    part(String(revision.revision), &scratch.name)
    return Self.digest(scratch.name, &scratch.hasher)
  }

  private static func digest(
    _ name: borrowing JSONWriter, _ hasher: inout SHA256Hasher
  ) -> SHA256Digest {
    unsafe name.withBytes { unsafe hasher.digest(of: $0) }
  }

  private static func write(
    _ candidates: [Decision.Ranked], to out: inout JSONWriter
  ) throws(EncodingError) {
    for index in candidates.indices {
      let candidate = candidates[index]
      out.raw(index > 0 ? ",{\"above_threshold\":" : "{\"above_threshold\":")
      out.value(candidate.isAboveThreshold)
      out.raw(",\"rank\":")
      out.value(index + 1)
      out.raw(",\"score\":")
      try out.value(candidate.score.rounded(places: 6))
      out.raw(",\"subject_id\":\"syn-")
      out.digits(UInt(truncatingIfNeeded: candidate.subject), atLeast: 10)
      out.raw("\"}")
    }
  }

  /// From the reason of a close to the threshold's basis.
  private func writeData(
    _ revision: SightingRevision, to out: inout JSONWriter
  ) throws(EncodingError) {
    if let reason = revision.closeReason {
      out.raw(",\"close_reason\":")
      out.value(reason.rawValue)
    }
    out.raw(",\"count\":")
    out.value(revision.searched)
    out.raw(",\"decision\":")
    out.value(revision.decision.outcome.rawValue)
    try SightingData.Face(box: revision.box, detectionScore: revision.detectionScore)
      .write(to: &out)
    out.raw(",\"first_seen\":")
    out.value(revision.firstSeen)
    revision.frame.write(to: &out)
    out.raw(",\"frames_considered\":")
    out.value(revision.seen)
    out.raw(",\"last_seen\":")
    out.value(revision.lastSeen)
    out.raw(upToPhase)
    out.value(revision.phase.rawValue)
    out.raw(upToScore)
    try out.value(revision.quality.rounded(places: 6))
    out.raw(",\"tier\":")
    out.value(revision.tier)
    out.raw("},\"revision\":")
    out.value(revision.revision)
    out.raw(upToSighting)
    out.value(revision.sightingID)
    out.raw(upToExpiry)
  }
}
