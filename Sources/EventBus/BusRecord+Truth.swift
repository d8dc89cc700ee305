// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

package import Sightings

extension BusRecord {
  /// Throws `EncodingError` for a size JSON has no word for.
  package convenience init(_ event: TruthEvent) throws {
    self.init(
      id: event.id, type: TruthEvent.type, subject: event.subject,
      partitionKey: event.partitionKey, timeMicroseconds: event.time.microseconds,
      body: try event.json())
  }
}
