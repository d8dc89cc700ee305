// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Who was really there: one appearance of one simulated person before one camera.
///
/// A type of its own, published only when asked for, so that what is tested by sightings cannot peek. Ids and
/// bytes follow from the run and the frame set alone.
package struct TruthEvent: Hashable, Sendable {
  package static let type = "org.sightline.truth.recorded"
  package static let dataSchema = "urn:sightline:schema:truth:1"

  package let deployment: String
  package let data: TruthData

  package init(deployment: String, data: TruthData) {
    self.deployment = deployment
    self.data = data
  }

  package var id: String {
    Identifiers.name("truth-event", [data.provenance.runID, data.appearanceID], bytes: 16)
  }

  package var source: String { "urn:sightline:\(deployment):truth:\(data.camera.id)" }
  package var subject: String { data.appearanceID }
  package var partitionKey: String { data.camera.id }
  /// When the person was last in view.
  package var time: Timestamp { data.lastSeen }

  /// Names an appearance: 64 bits in hexadecimal.
  package static func appearance(
    run: String, camera: String, subject: UInt64, firstFrame: Int
  ) -> String {
    Identifiers.name(
      "appearance", [run, camera, String(subject), String(firstFrame)], bytes: 8)
  }

  /// The event in CloudEvents' structured JSON format.
  package func json() throws -> [UInt8] { try EventJSON.encode(self) }
}

extension TruthEvent: Encodable {
  private enum CodingKeys: String, CodingKey {
    case specversion, id, source, type, subject, time, datacontenttype, dataschema, partitionkey
    case simulated, data
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("1.0", forKey: .specversion)
    try container.encode(id, forKey: .id)
    try container.encode(source, forKey: .source)
    try container.encode(Self.type, forKey: .type)
    try container.encode(subject, forKey: .subject)
    try container.encode(time, forKey: .time)
    try container.encode("application/json", forKey: .datacontenttype)
    try container.encode(Self.dataSchema, forKey: .dataschema)
    try container.encode(partitionKey, forKey: .partitionkey)
    try container.encode(true, forKey: .simulated)
    try container.encode(data, forKey: .data)
  }
}

/// The `data` of a truth event; names and units are those of `Schemas/truth.v1.schema.json`.
package struct TruthData: Hashable, Sendable, Encodable {
  package var appearanceID: String
  package var camera: SightingData.Camera
  /// The synthetic identity, by the pseudonym that candidates have.
  package var subject: UInt64
  /// Whether the searched gallery holds it.
  package var isEnrolled: Bool
  /// Capture times of the frame set, on the virtual clock.
  package var firstSeen: Timestamp
  package var lastSeen: Timestamp
  /// The camera's own count of frames.
  package var firstFrame: Int
  package var lastFrame: Int
  /// Frames in which the person was in view ...
  package var frames: Int
  /// ... and of these the ones with the marker whole, unobstructed and delivered.
  package var framesShown: Int
  /// Side of the marker's black square at its largest in those, in pixels of the full-resolution frame.
  package var largestMarkerPixels: Double
  package var provenance: SightingData.Provenance

  package init(
    appearanceID: String, camera: SightingData.Camera, subject: UInt64, isEnrolled: Bool,
    firstSeen: Timestamp, lastSeen: Timestamp, firstFrame: Int, lastFrame: Int, frames: Int,
    framesShown: Int, largestMarkerPixels: Double, provenance: SightingData.Provenance
  ) {
    self.appearanceID = appearanceID
    self.camera = camera
    self.subject = subject
    self.isEnrolled = isEnrolled
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.firstFrame = firstFrame
    self.lastFrame = lastFrame
    self.frames = frames
    self.framesShown = framesShown
    self.largestMarkerPixels = largestMarkerPixels.rounded(places: 2)
    self.provenance = provenance
  }

  private enum CodingKeys: String, CodingKey {
    case camera, frames, provenance
    case appearanceID = "appearance_id"
    case subject = "subject_id"
    case isEnrolled = "enrolled"
    case firstSeen = "first_seen"
    case lastSeen = "last_seen"
    case firstFrame = "first_frame"
    case lastFrame = "last_frame"
    case framesShown = "frames_shown"
    case largestMarkerPixels = "largest_marker_px"
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(appearanceID, forKey: .appearanceID)
    try container.encode(camera, forKey: .camera)
    try container.encode(SubjectName.text(subject), forKey: .subject)
    try container.encode(isEnrolled, forKey: .isEnrolled)
    try container.encode(firstSeen, forKey: .firstSeen)
    try container.encode(lastSeen, forKey: .lastSeen)
    try container.encode(firstFrame, forKey: .firstFrame)
    try container.encode(lastFrame, forKey: .lastFrame)
    try container.encode(frames, forKey: .frames)
    try container.encode(framesShown, forKey: .framesShown)
    try container.encode(largestMarkerPixels, forKey: .largestMarkerPixels)
    try container.encode(provenance, forKey: .provenance)
  }
}
