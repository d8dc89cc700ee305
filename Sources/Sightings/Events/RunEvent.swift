// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Tells on the bus that a run began or ended: a CloudEvents 1.0 envelope around a few facts.
package struct RunEvent: Hashable, Sendable, Encodable {
  package enum Phase: String, Sendable, Encodable { case started, finished }

  /// Unique with `source`; a resumed run says `started` with the same id, so it is told once.
  package let id: String
  package let source: String
  package let phase: Phase
  package let time: Timestamp
  package let data: Facts

  package struct Facts: Hashable, Sendable, Encodable {
    package let runID: String
    /// Counts the runs of one key on one bus, from 1.
    package let attempt: Int
    package let configurationDigest: String
    package let softwareVersion: String
    /// Cameras, or whatever else was counted, by name; snake_case.
    package let counts: [String: Int]

    private enum CodingKeys: String, CodingKey {
      case attempt, counts
      case runID = "run_id"
      case configurationDigest = "config_digest"
      case softwareVersion = "software_version"
    }
  }

  package init(
    _ phase: Phase, deployment: String, provenance: SightingData.Provenance, attempt: Int,
    time: Timestamp, counts: [String: Int]
  ) {
    id = Identifiers.name("run-event", [provenance.runID, phase.rawValue], bytes: 16)
    source = "urn:sightline:\(deployment):run"
    self.phase = phase
    self.time = time
    data = Facts(
      runID: provenance.runID, attempt: attempt,
      configurationDigest: provenance.configurationDigest,
      softwareVersion: provenance.softwareVersion, counts: counts)
  }

  package var type: String { "org.sightline.run.\(phase.rawValue)" }

  private enum CodingKeys: String, CodingKey {
    case specversion, id, source, type, subject, time, datacontenttype, partitionkey, simulated,
      data
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("1.0", forKey: .specversion)
    try container.encode(id, forKey: .id)
    try container.encode(source, forKey: .source)
    try container.encode(type, forKey: .type)
    try container.encode(data.runID, forKey: .subject)
    try container.encode(time, forKey: .time)
    try container.encode("application/json", forKey: .datacontenttype)
    try container.encode(data.runID, forKey: .partitionkey)
    try container.encode(true, forKey: .simulated)
    try container.encode(data, forKey: .data)
  }
}
