// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// What every event has, whatever its type: a CloudEvents 1.0 envelope that agrees with its row.
struct EnvelopeCheck: Decodable {
  private let specversion: String
  private let id: String
  private let source: String
  private let type: String

  /// What is wrong with the record; `nil` if nothing is.
  static func fault(_ record: BusRecord) -> String? {
    guard let envelope = try? EventJSON.decode(EnvelopeCheck.self, record.body) else {
      return "is no CloudEvents JSON"
    }
    guard envelope.specversion == "1.0" else {
      return "is of CloudEvents \(envelope.specversion), only 1.0 is read"
    }
    guard !envelope.source.isEmpty else { return "has no source" }
    guard envelope.id == record.id else {
      return "has id \(record.id) beside an event that says \(envelope.id)"
    }
    guard envelope.type == record.type else {
      return "has type \(record.type) beside an event that says \(envelope.type)"
    }
    return nil
  }
}
