// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why a file of settings, or a value in it, cannot be taken; told so that its writer can mend it.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let notYAML = Code(name: "not-yaml")
    package static let unknownKey = Code(name: "unknown-key")
    package static let missingKey = Code(name: "missing-key")
    package static let badValue = Code(name: "bad-value")
    package static let newerVersion = Code(name: "newer-version")
  }

  package let code: Code
  /// One line: where it is, what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
