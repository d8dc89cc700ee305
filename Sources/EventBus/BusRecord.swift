// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

/// One event on its way to a bus: what the bus indexes, and the bytes it carries.
///
/// A class, though a value in all but name: it passes through many hands, and one count of references is
/// kept instead of five.
package final class BusRecord: Hashable, Sendable {
  /// Unique on the bus; a second record of the same id is dropped and counted.
  package let id: String
  package let type: String
  package let subject: String
  /// Records of one key keep their order.
  package let partitionKey: String
  /// The event's own time, in microseconds since 1970.
  package let timeMicroseconds: Int64
  /// UTF-8 JSON.
  package let body: [UInt8]

  package init(
    id: String, type: String, subject: String, partitionKey: String, timeMicroseconds: Int64,
    body: [UInt8]
  ) {
    self.id = id
    self.type = type
    self.subject = subject
    self.partitionKey = partitionKey
    self.timeMicroseconds = timeMicroseconds
    self.body = body
  }

  /// Throws `EncodingError` for a score JSON has no word for.
  package convenience init(_ event: SightingEvent) throws {
    self.init(
      id: event.id, type: event.type, subject: event.subject, partitionKey: event.partitionKey,
      timeMicroseconds: event.time.microseconds, body: try event.json())
  }

  package static func == (one: BusRecord, other: BusRecord) -> Bool {
    one === other
      || one.id == other.id && one.type == other.type && one.subject == other.subject
        && one.partitionKey == other.partitionKey
        && one.timeMicroseconds == other.timeMicroseconds && one.body == other.body
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension SightingEncoder {
  /// The record of the event that `encode` gives. Throws as that does.
  package func record(
    _ revision: SightingRevision, time: Timestamp, sequence: Int64, _ scratch: inout Scratch
  ) throws(EncodingError) -> BusRecord {
    let encoded = try encode(revision, time: time, sequence: sequence, &scratch)
    return BusRecord(
      id: encoded.id, type: revision.phase.type, subject: revision.sightingID,
      partitionKey: partitionKey, timeMicroseconds: time.microseconds, body: encoded.body)
  }
}
