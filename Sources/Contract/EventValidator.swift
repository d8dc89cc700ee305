// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

internal import Sightings

/// Checks events, as JSON, against the published schema of their type, and that today's reader reads them.
package struct EventValidator: Sendable {
  private let schemas: [String: Schema]

  /// Throws if a schema says what the validator does not know: a fault of ours.
  package init() throws(ContractError) {
    var schemas: [String: Schema] = [:]
    for published in PublishedSchema.allCases {
      let schema = try Schema(JSONValue(json: published.bytes))
      for type in published.types { schemas[type] = schema }
    }
    self.schemas = schemas
  }

  /// What is wrong with one event; empty if nothing is.
  package func faults(in json: [UInt8]) -> [Schema.Fault] {
    let value: JSONValue
    do {
      value = try JSONValue(json: json)
    } catch {
      return [Schema.Fault(field: "", what: error.message)]
    }
    guard let type = value["type"] else {
      return [Schema.Fault(field: "type", what: "is missing")]
    }
    guard let name = type.string, let schema = schemas[name] else {
      let known = schemas.keys.sorted().joined(separator: ", ")
      return [
        Schema.Fault(
          field: "type", what: "is \(type.text), which has no schema; known are \(known)")
      ]
    }
    let faults = schema.faults(in: value)
    // The schema cannot say everything, such as that a number fits 64 bits.
    if faults.isEmpty, PublishedSchema.sighting.types.contains(name),
      (try? SightingEvent(json: json)) == nil
    {
      return [Schema.Fault(field: "", what: "is valid, but this version cannot read it")]
    }
    return faults
  }
}

/// What became of a text of events, one a line.
package struct ValidationTally: Hashable, Sendable, Encodable {
  package struct Fault: Hashable, Sendable, Encodable {
    /// From 1.
    package let line: Int
    package let field: String
    package let what: String
  }

  /// Lines that held an event.
  package private(set) var events = 0
  package private(set) var valid = 0
  /// The first faults.
  package private(set) var faults: [Fault] = []

  package init() {}

  /// Checks the next line; one of nothing but space counts for nothing.
  package mutating func check(_ line: [UInt8], number: Int, by validator: EventValidator) {
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }) else { return }
    events += 1
    let found = validator.faults(in: line)
    if found.isEmpty {
      valid += 1
    }
    for fault in found where faults.count < 10 {
      faults.append(Fault(line: number, field: fault.field, what: fault.what))
    }
  }
}
