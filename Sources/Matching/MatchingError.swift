// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why a search cannot be made, told so that a user can act on it.
package struct MatchingError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let wrongDimension = Code(name: "wrong-dimension")
    package static let notFinite = Code(name: "not-finite")
    package static let notUnit = Code(name: "not-unit")
  }

  package let code: Code
  /// One line: what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
