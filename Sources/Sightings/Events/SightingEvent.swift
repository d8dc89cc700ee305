// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A sighting event: a CloudEvents 1.0 envelope around `SightingData`.
///
/// Everything in it is a function of the observations, so that a run on the virtual clock gives the same
/// bytes again; `recordedTime` and timings are let in only on the wall clock.
package struct SightingEvent: Hashable, Sendable {
  package static let dataSchema = "urn:sightline:schema:sighting:1"

  /// Unique with `source`; the same on a retry and on a replay.
  package let id: String
  /// `urn:sightline:<deployment>:camera:<camera>`.
  package let source: String
  /// The capture time of the frame that caused the event.
  package let time: Timestamp
  /// When the event was made; `nil` on the virtual clock.
  package private(set) var recordedTime: Timestamp?
  /// After this the event is history, not news.
  package let expiryTime: Timestamp
  /// Counts the events of the camera, over all runs on one bus.
  package let sequence: Int64
  package private(set) var data: SightingData

  /// An event on `data`, whose id follows from it.
  package init(
    source: String, time: Timestamp, expiryTime: Timestamp, sequence: Int64, data: SightingData
  ) {
    id = Identifiers.event(
      run: data.provenance.runID, camera: data.camera.id, sighting: data.sightingID,
      phase: data.phase, revision: data.revision)
    self.source = source
    self.time = time
    self.expiryTime = expiryTime
    self.sequence = sequence
    self.data = data
  }

  /// The CloudEvents `type`.
  package var type: String { data.phase.type }
  /// The CloudEvents `subject` and `correlationid`.
  package var subject: String { data.sightingID }
  package var partitionKey: String { data.camera.id }
  /// The CloudEvents `sequence`: text that sorts as the numbers do.
  var sequenceText: String { String(sequence).leftPadded(to: 20) }

  /// The event with what only the wall clock can tell; unchanged on the virtual clock.
  package func stamped(
    recordedAt time: Timestamp, timings: SightingData.Timings? = nil
  ) -> SightingEvent {
    guard data.clock.kind == .wall else { return self }
    var stamped = self
    stamped.recordedTime = time
    stamped.data.timings = timings
    return stamped
  }

  /// The `closed` event of a sighting whose run died after the revision `last`; `nil` if that closed it.
  ///
  /// Its time is when the face was last known to be seen, since nothing was seen after. `sequence` is the
  /// camera's next.
  package static func recovered(from last: SightingEvent, sequence: Int64) -> SightingEvent? {
    // Not before the revision it follows, which may have been told later than the face was seen.
    closing(last, .recovered, at: max(last.time, last.data.lastSeen), sequence: sequence)
  }

  /// The `closed` event at `time` of a sighting of which nothing is known after the revision `last`;
  /// `nil` if that closed it.
  package static func closing(
    _ last: SightingEvent, _ reason: CloseReason, at time: Timestamp, sequence: Int64
  ) -> SightingEvent? {
    guard last.data.phase != .closed else { return nil }
    var data = last.data
    data.phase = .closed
    data.closeReason = reason
    data.revision += 1
    data.timings = nil
    return SightingEvent(
      source: last.source, time: time,
      expiryTime: time.advanced(by: last.expiryTime.since(last.time)), sequence: sequence,
      data: data)
  }
}

extension SightingEvent: Codable {
  private enum CodingKeys: String, CodingKey {
    case specversion, id, source, type, subject, time, datacontenttype, dataschema, sequence
    case partitionkey, expirytime, correlationid, recordedtime, simulated, data
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func refuse(_ key: CodingKeys, _ why: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: why)
    }
    guard try container.decode(String.self, forKey: .specversion) == "1.0" else {
      throw refuse(.specversion, "only CloudEvents 1.0 is read")
    }
    guard try container.decode(Bool.self, forKey: .simulated) else {
      throw refuse(.simulated, "only simulated sightings are read")
    }
    id = try container.decode(String.self, forKey: .id)
    source = try container.decode(String.self, forKey: .source)
    time = try container.decode(Timestamp.self, forKey: .time)
    recordedTime = try container.decodeIfPresent(Timestamp.self, forKey: .recordedtime)
    expiryTime = try container.decode(Timestamp.self, forKey: .expirytime)
    guard let number = Int64(try container.decode(String.self, forKey: .sequence)) else {
      throw refuse(.sequence, "a sequence is a number in decimal digits")
    }
    sequence = number
    data = try container.decode(SightingData.self, forKey: .data)
    guard try container.decode(String.self, forKey: .type) == data.phase.type else {
      throw refuse(.type, "the type does not go with the phase")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("1.0", forKey: .specversion)
    try container.encode(id, forKey: .id)
    try container.encode(source, forKey: .source)
    try container.encode(type, forKey: .type)
    try container.encode(subject, forKey: .subject)
    try container.encode(time, forKey: .time)
    try container.encode("application/json", forKey: .datacontenttype)
    try container.encode(Self.dataSchema, forKey: .dataschema)
    try container.encode(sequenceText, forKey: .sequence)
    try container.encode(partitionKey, forKey: .partitionkey)
    try container.encode(expiryTime, forKey: .expirytime)
    try container.encode(subject, forKey: .correlationid)
    try container.encodeIfPresent(recordedTime, forKey: .recordedtime)
    try container.encode(true, forKey: .simulated)
    try container.encode(data, forKey: .data)
  }
}
