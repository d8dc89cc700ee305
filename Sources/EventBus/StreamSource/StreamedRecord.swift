// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// What a message on a stream is to a log.
package enum StreamedRecord: Hashable, Sendable {
  case event(BusRecord)
  /// Of a kind that was not asked for, by its subject.
  case passedOver
  /// None of our events, and why.
  case foreign(String)

  /// Bytes of the largest body that is taken for an event: hundreds of times the usual, and what a server takes
  /// unless told otherwise.
  package static let maximumBytes = 1 << 20

  /// Reads a message. `kinds` are those asked for, such as `sighting`: truth enters a log only by its name.
  ///
  /// The body stays as it is, byte for byte; what the log keeps beside it follows from it. A sighting must be
  /// one this version reads, with the id that follows from what it says: under another's id it would
  /// keep that one out. Of other types the envelope is checked. O(bytes).
  package init(_ message: StreamMessage, kinds: [String]) {
    let tokens = message.subject.split(separator: ".", omittingEmptySubsequences: false)
    guard tokens.count > 1, kinds.contains(String(tokens[1])) else {
      self = .passedOver
      return
    }
    do throws(Foreign) {
      self = .event(try Self.record(message.body, kinds))
    } catch {
      self = .foreign(error.reason)
    }
  }

  private struct Foreign: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private static func record(_ body: [UInt8], _ kinds: [String]) throws(Foreign) -> BusRecord {
    guard body.count <= maximumBytes else {
      throw Foreign("it has \(body.count) bytes, and no event of ours over \(maximumBytes)")
    }
    guard body.first == UInt8(ascii: "{"), body.allSatisfy({ $0 >= 0x20 }),
      String(validating: body, as: UTF8.self) != nil
    else { throw Foreign("it is no JSON object in one line of UTF-8") }
    let streamed: Streamed
    do {
      streamed = try EventJSON.decode(Streamed.self, body)
    } catch {
      throw (error as? Foreign) ?? Foreign(explain(error))
    }
    let envelope = streamed.envelope
    let kind = EventSubject.kind(ofType: envelope.type)
    guard kinds.contains(kind) else {
      throw Foreign(
        "it is of the kind '\(ServerText.shown(kind, limit: 64))', on another's subject")
    }
    if let sighting = streamed.sighting {
      let data = sighting.data
      let id = Identifiers.event(
        run: data.provenance.runID, camera: data.camera.id, sighting: data.sightingID,
        phase: data.phase, revision: data.revision)
      guard sighting.id == id else { throw Foreign("its id should be \(id) by what it says") }
      try check([sighting.subject, sighting.partitionKey])
      return BusRecord(
        id: id, type: sighting.type, subject: sighting.subject,
        partitionKey: sighting.partitionKey, timeMicroseconds: sighting.time.microseconds,
        body: body)
    }
    try check([envelope.id, envelope.type, envelope.subject, envelope.partitionkey])
    return BusRecord(
      id: envelope.id, type: envelope.type, subject: envelope.subject,
      partitionKey: envelope.partitionkey, timeMicroseconds: envelope.time.microseconds,
      body: body)
  }

  /// Names are shown to people, and are keys of the log.
  private static func check(_ names: [String]) throws(Foreign) {
    for name in names {
      guard (1...512).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
      else { throw Foreign("one of its names is empty, too long or has control characters") }
    }
  }

  /// The envelope of every event of ours, and the whole of a sighting.
  private struct Streamed: Decodable {
    let envelope: Envelope
    let sighting: SightingEvent?

    init(from decoder: any Decoder) throws {
      envelope = try Envelope(from: decoder)
      try envelope.check()
      sighting =
        PublishedSchema.sighting.types.contains(envelope.type)
        ? try SightingEvent(from: decoder) : nil
    }
  }

  private struct Envelope: Decodable {
    let specversion: String
    let simulated: Bool
    let id: String
    let source: String
    let type: String
    let subject: String
    let partitionkey: String
    let time: Timestamp
    let dataschema: String?

    func check() throws(Foreign) {
      guard specversion == "1.0" else {
        throw Foreign("it is of CloudEvents \(ServerText.shown(specversion, limit: 16)), not 1.0")
      }
      guard simulated else { throw Foreign("it does not say that it is simulated") }
      guard source.hasPrefix("urn:sightline:") else {
        throw Foreign("its source is no urn:sightline:")
      }
      guard let schema = PublishedSchema.allCases.first(where: { $0.types.contains(type) }),
        dataschema != schema.urn
      else { return }
      let shown = ServerText.shown(dataschema ?? "none", limit: 80)
      throw Foreign("its schema is \(shown), and this version reads \(schema.urn)")
    }
  }

  private static func explain(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      "it has no \(path(context.codingPath + [key]))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "its \(path(context.codingPath)) is of another type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "its \(path(context.codingPath)) is not what it should be"
    default: "it is no JSON that this version reads as an event"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    ServerText.shown(keys.map(\.stringValue).joined(separator: "."), limit: 128)
  }
}
