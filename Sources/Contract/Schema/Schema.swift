// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// A JSON Schema, made ready to check values against: the part of drafts 7 to 2020-12 that our schemas use.
///
/// A keyword that is not known here is an error and never passed over, since what is passed over is not
/// checked. `format` is checked for `date-time`; `pattern` is searched for, not matched whole.
package indirect enum Schema: Sendable {
  /// Anything, or nothing.
  case always(Bool)
  case rules(Rules)

  /// What one object of the schema says.
  package struct Rules: Sendable {
    var kind: String?
    var const: JSONValue?
    var values: [JSONValue]?
    var pattern: Pattern?
    var isDateTime = false
    var leastLength: Int?
    var minimum: Double?
    var maximum: Double?
    var above: Double?
    var required: [String] = []
    var properties: [String: Schema] = [:]
    var others: Schema?
    var items: Schema?
    var condition: (if: Schema, then: Schema, else: Schema)?
    var not: Schema?
    var all: [Schema] = []
  }

  /// A regular expression, and its text for messages.
  struct Pattern: @unchecked Sendable {
    let text: String
    // A Regex is immutable once it is made, and matching keeps no state in it.
    let regex: Regex<AnyRegexOutput>
  }

  /// Throws `unknownKeyword` for a schema that says more than is known here.
  package init(_ json: JSONValue) throws(ContractError) { self = try SchemaReader.read(json, "$") }
}
