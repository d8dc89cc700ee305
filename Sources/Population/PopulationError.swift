// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Sightline authors

/// Why a population cannot be had, told so that a user can act on it.
package struct PopulationError: Error, Hashable, CustomStringConvertible {
  /// What kind of trouble it is. Cases may be added.
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let newerVersion = Code(name: "newer-version")
    package static let badParameter = Code(name: "bad-parameter")
  }

  package let code: Code
  /// One line: what is wrong and what helps.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }

  static func newer(format: Int, generator: Int) -> PopulationError {
    PopulationError(
      .newerVersion,
      "the population has format \(format), generator \(generator); this program knows "
        + "\(PopulationDescription.currentFormat) and \(PopulationDescription.currentGenerator): "
        + "use a newer one")
  }
}
