// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Something wrong with a text or a schema, told in one line.
package struct ContractError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    /// The text is no JSON.
    package static let notJSON = Code(name: "not-json")
    /// The schema says something this validator does not know, so it must not be used.
    package static let unknownKeyword = Code(name: "unknown-keyword")
    /// No schema goes by that name.
    package static let unknownSchema = Code(name: "unknown-schema")
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
