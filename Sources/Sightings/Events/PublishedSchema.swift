// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// The JSON Schemas of our events, in the program, so that it may be moved.
package enum PublishedSchema: String, CaseIterable, Sendable {
  case sighting, truth

  /// The name that events give as their `dataschema`.
  package var urn: String {
    switch self {
    case .sighting: SightingEvent.dataSchema
    case .truth: TruthEvent.dataSchema
    }
  }

  /// The CloudEvents types it is for.
  package var types: [String] {
    switch self {
    case .sighting: SightingPhase.allCases.map(\.type)
    case .truth: [TruthEvent.type]
    }
  }

  /// UTF-8 JSON, as in `Sources/Sightings/Schemas`.
  package var bytes: [UInt8] {
    switch self {
    case .sighting: PackageResources.sighting_v1_schema_json
    case .truth: PackageResources.truth_v1_schema_json
    }
  }
}
